// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ihd-http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "../common/util.h"
#include "assets.h"
#include "ihd-page.h"

#define MAX_CONNECTIONS 64
#define MAX_PER_ADDRESS 32
#define MAX_LISTENERS 16
#define MAX_LISTENERS_PER_ADDRESS 4
#define TIMEOUT_S 30
#define EVENT_MAX 4096

/* Where a request comes from, without the port. */
union client {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Someone who listens to /events. */
struct listener {
	struct ihd_http *http;
	struct MHD_Connection *connection;
	struct listener *next;
	union client client;
	bool waiting;	/* suspended until there is something new */
	uint64_t sent;	/* number of the last view */
	size_t len, at; /* of what is being sent */
	char text[EVENT_MAX];
};

struct ihd_http {
	struct MHD_Daemon *daemon;
	sd_event_source *io, *timer;
	const struct ihd_config *config;
	struct ihd_view view;
	char *json;
	size_t json_len;
	uint64_t number; /* of the view */
	struct listener *listeners;
	unsigned int n_listeners;
};

static const char html[] = "text/html; charset=utf-8";
static const char plain[] = "text/plain; charset=utf-8";
static const char json_type[] = "application/json";

/* --- answers */

static enum MHD_Result answer(struct MHD_Connection *connection,
			      unsigned int status, const char *type,
			      struct MHD_Response *response)
{
	static const char *const headers[][2] = {
		{ "Content-Security-Policy",
		  "default-src 'self'; frame-ancestors 'none'; "
		  "base-uri 'none'; form-action 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Cache-Control", "no-store" },
	};
	enum MHD_Result r;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", type);
	for (size_t n = 0; n < ARRAY_SIZE(headers); n++)
		MHD_add_response_header(response, headers[n][0], headers[n][1]);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	r = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return r;
}

static struct MHD_Response *constant(const char *from, const char *to)
{
	return MHD_create_response_from_buffer((size_t)(to - from),
					       (void *)(uintptr_t)from,
					       MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *allocated(char *text, size_t len)
{
	return text ? MHD_create_response_from_buffer(len, text,
						      MHD_RESPMEM_MUST_FREE) :
		      NULL;
}

static enum MHD_Result refuse(struct MHD_Connection *connection,
			      unsigned int status, const char *why)
{
	return answer(connection, status, plain,
		      constant(why, why + strlen(why)));
}

/* --- events */

static void next_event(struct listener *listener)
{
	struct ihd_http *http = listener->http;
	int len = snprintf(listener->text, sizeof(listener->text),
			   "%sid: %llu\nevent: view\ndata: %s\n\n",
			   listener->sent ? "" : "retry: 2000\n",
			   (unsigned long long)http->number,
			   http->json ? http->json : "{}");

	listener->sent = http->number;
	listener->at = 0;
	listener->len = len > 0 && (size_t)len < sizeof(listener->text) ?
				(size_t)len :
				0;
}

static ssize_t on_event_data(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct listener *listener = cls;
	size_t len;

	(void)pos;
	if (listener->at == listener->len) {
		if (listener->sent == listener->http->number) {
			listener->waiting = true;
			MHD_suspend_connection(listener->connection);
			return 0;
		}
		next_event(listener);
	}
	len = listener->len - listener->at;
	if (len > max)
		len = max;
	memcpy(buf, listener->text + listener->at, len);
	listener->at += len;
	return (ssize_t)len;
}

static void on_event_end(void *cls)
{
	struct listener *listener = cls;
	struct listener **at = &listener->http->listeners;

	while (*at != listener)
		at = &(*at)->next;
	*at = listener->next;
	listener->http->n_listeners--;
	free(listener);
}

static void client_of(struct MHD_Connection *connection, union client *ret)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	memset(ret, 0, sizeof(*ret));
	if (!info || !info->client_addr)
		return;
	if (info->client_addr->sa_family == AF_INET6)
		memcpy(ret, info->client_addr, sizeof(ret->in6));
	else if (info->client_addr->sa_family == AF_INET)
		memcpy(ret, info->client_addr, sizeof(ret->in));
}

static bool same_client(const union client *a, const union client *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET6)
		return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr,
			       sizeof(a->in6.sin6_addr));
	return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
}

/* Neither all of us, nor one neighbour alone, may use the connections up. */
static bool too_many(const struct ihd_http *http, const union client *client)
{
	unsigned int same = 0;

	for (const struct listener *l = http->listeners; l; l = l->next)
		same += same_client(&l->client, client);
	return http->n_listeners >= MAX_LISTENERS ||
	       same >= MAX_LISTENERS_PER_ADDRESS;
}

static enum MHD_Result events(struct ihd_http *http,
			      struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	struct listener *listener;
	union client client;

	client_of(connection, &client);
	if (too_many(http, &client))
		return refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
			      "Too many displays are open; close one.\n");
	listener = calloc(1, sizeof(*listener));
	if (!listener)
		return MHD_NO;
	listener->http = http;
	listener->connection = connection;
	listener->client = client;
	listener->next = http->listeners;
	http->listeners = listener;
	http->n_listeners++;
	response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, 2048, on_event_data, listener, on_event_end);
	if (!response)
		on_event_end(listener);
	return answer(connection, MHD_HTTP_OK, "text/event-stream", response);
}

/* --- requests */

static enum MHD_Result page(struct ihd_http *http,
			    struct MHD_Connection *connection)
{
	size_t len;
	char *text = ihd_page_fill(asset_index,
				   (size_t)(asset_index_end - asset_index),
				   &http->view, &len);

	return answer(connection, MHD_HTTP_OK, html, allocated(text, len));
}

static enum MHD_Result live(struct ihd_http *http,
			    struct MHD_Connection *connection)
{
	size_t len;
	char *text = ihd_page_json(&http->view, &len);

	return answer(connection, MHD_HTTP_OK, json_type, allocated(text, len));
}

static enum MHD_Result style(struct ihd_http *http,
			     struct MHD_Connection *connection)
{
	(void)http;
	return answer(connection, MHD_HTTP_OK, "text/css; charset=utf-8",
		      constant(asset_style, asset_style_end));
}

static enum MHD_Result script(struct ihd_http *http,
			      struct MHD_Connection *connection)
{
	(void)http;
	return answer(connection, MHD_HTTP_OK, "text/javascript; charset=utf-8",
		      constant(asset_script, asset_script_end));
}

static enum MHD_Result icon(struct ihd_http *http,
			    struct MHD_Connection *connection)
{
	(void)http;
	return answer(connection, MHD_HTTP_OK, "image/svg+xml",
		      constant(asset_icon, asset_icon_end));
}

static enum MHD_Result health(struct ihd_http *http,
			      struct MHD_Connection *connection)
{
	(void)http;
	return refuse(connection, MHD_HTTP_OK, "ok\n");
}

static const struct route {
	const char *path;
	enum MHD_Result (*serve)(struct ihd_http *http,
				 struct MHD_Connection *connection);
} routes[] = {
	{ "/", page },		{ "/api/v1/live.json", live },
	{ "/events", events },	{ "/style.css", style },
	{ "/ihd.js", script },	{ "/icon.svg", icon },
	{ "/healthz", health },
};

static enum MHD_Result serve(struct ihd_http *http,
			     struct MHD_Connection *connection, const char *url)
{
	for (size_t n = 0; n < ARRAY_SIZE(routes); n++)
		if (!strcmp(url, routes[n].path))
			return routes[n].serve(http, connection);
	return refuse(connection, MHD_HTTP_NOT_FOUND,
		      "Nothing here; the display is at /.\n");
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *data_len, void **state)
{
	static int seen;
	struct ihd_http *http = cls;
	const char *host;

	(void)version, (void)data;
	/* A body after all: nothing we serve has one, so it is not waited for. */
	if (*data_len)
		return MHD_NO;
	/* The first call is before the body: whom we refuse sends none. */
	if (*state)
		return serve(http, connection, url);
	*state = &seen;
	host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
	if (!ihd_page_host_ok(host, http->config->host_name))
		return refuse(connection, MHD_HTTP_MISDIRECTED_REQUEST,
			      "This display answers to its address or its "
			      "configured name only.\n");
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			      "Only GET here: nothing can be changed.\n");
	return MHD_YES;
}

/* --- the event loop */

static void run(struct ihd_http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &ms) == MHD_YES) {
		(void)sd_event_source_set_time_relative(http->timer,
							ms * USEC_PER_MSEC);
		(void)sd_event_source_set_enabled(http->timer,
						  SD_EVENT_ONESHOT);
	} else {
		(void)sd_event_source_set_enabled(http->timer, SD_EVENT_OFF);
	}
}

static int on_io(sd_event_source *source, int fd, uint32_t revents,
		 void *userdata)
{
	(void)source, (void)fd, (void)revents;
	run(userdata);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	run(userdata);
	return 0;
}

static int address(const struct ihd_config *config,
		   struct sockaddr_storage *ret, unsigned int *ret_flags)
{
	struct sockaddr_in6 *six = (void *)ret;
	struct sockaddr_in *four = (void *)ret;

	memset(ret, 0, sizeof(*ret));
	*ret_flags = 0;
	if (strchr(config->bind, ':')) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)config->port);
		*ret_flags = MHD_USE_IPv6;
		return inet_pton(AF_INET6, config->bind, &six->sin6_addr) == 1 ?
			       0 :
			       -EINVAL;
	}
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)config->port);
	return inet_pton(AF_INET, *config->bind ? config->bind : "0.0.0.0",
			 &four->sin_addr) == 1 ?
		       0 :
		       -EINVAL;
}

int ihd_http_start(struct ihd_http **ret, sd_event *event,
		   const struct ihd_config *config)
{
	const union MHD_DaemonInfo *info;
	struct sockaddr_storage addr;
	struct ihd_http *http;
	unsigned int flags;
	int r;

	r = address(config, &addr, &flags);
	if (r < 0)
		return r;
	http = calloc(1, sizeof(*http));
	if (!http)
		return -ENOMEM;
	http->config = config;
	*ret = http;
	errno = 0;
	http->daemon = MHD_start_daemon(
		flags | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME,
		(uint16_t)config->port, NULL, NULL, on_request, http,
		MHD_OPTION_SOCK_ADDR, &addr, MHD_OPTION_CONNECTION_LIMIT,
		MAX_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		MAX_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384,
		MHD_OPTION_END);
	if (!http->daemon)
		return errno ? -errno : -EADDRINUSE;
	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -EIO;
	r = sd_event_add_io(event, &http->io, info->epoll_fd, EPOLLIN, on_io,
			    http);
	if (r < 0)
		return r;
	return sd_event_add_time_relative(event, &http->timer, CLOCK_MONOTONIC,
					  0, 0, on_timer, http);
}

void ihd_http_stop(struct ihd_http *http)
{
	if (!http)
		return;
	sd_event_source_disable_unref(http->io);
	sd_event_source_disable_unref(http->timer);
	/* MHD wants nobody suspended when it stops. */
	for (struct listener *l = http->listeners; l; l = l->next)
		if (l->waiting)
			MHD_resume_connection(l->connection);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	free(http->json);
	free(http);
}

unsigned int ihd_http_port(const struct ihd_http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info ? info->port : 0;
}

void ihd_http_view(struct ihd_http *http, const struct ihd_view *view)
{
	http->view = *view;
	free(http->json);
	http->json = ihd_page_json(view, &http->json_len);
	http->number++;
	for (struct listener *l = http->listeners; l; l = l->next) {
		if (!l->waiting)
			continue;
		l->waiting = false;
		MHD_resume_connection(l->connection);
	}
	run(http);
}
