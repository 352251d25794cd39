/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The web side of the display: page, JSON, server-sent events. */
#ifndef HEARTH_IHD_HTTP_H
#define HEARTH_IHD_HTTP_H

#include <systemd/sd-event.h>

#include "ihd-view.h"

struct ihd_http;

/* Serve from the event loop. 0 or negative errno. */
int ihd_http_start(struct ihd_http **ret, sd_event *event,
		   const struct ihd_config *config);
void ihd_http_stop(struct ihd_http *http);

/* The port it listens on, also where the configuration says 0 (any). */
unsigned int ihd_http_port(const struct ihd_http *http);

/* Show this from now on, and send it to everyone who listens. */
void ihd_http_view(struct ihd_http *http, const struct ihd_view *view);

#endif /* HEARTH_IHD_HTTP_H */
