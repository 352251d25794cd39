/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Methods of uk.hearth.Prepayment1 that change something: rights, arguments,
 * the service, and what it says. userdata is the struct prepayd_object.
 */
#ifndef HEARTH_PREPAYD_METHODS_H
#define HEARTH_PREPAYD_METHODS_H

#include "prepayd.h"

int prepayd_on_top_up(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int prepayd_on_top_up_remote(sd_bus_message *message, void *userdata,
			     sd_bus_error *error);
int prepayd_on_activate(sd_bus_message *message, void *userdata,
			sd_bus_error *error);
int prepayd_on_consent(sd_bus_message *message, void *userdata,
		       sd_bus_error *error);
int prepayd_on_set_mode(sd_bus_message *message, void *userdata,
			sd_bus_error *error);
int prepayd_on_restore(sd_bus_message *message, void *userdata,
		       sd_bus_error *error);
int prepayd_on_set_debt(sd_bus_message *message, void *userdata,
			sd_bus_error *error);
int prepayd_on_adjust_debt(sd_bus_message *message, void *userdata,
			   sd_bus_error *error);
int prepayd_on_clear_debts(sd_bus_message *message, void *userdata,
			   sd_bus_error *error);
int prepayd_on_adjust_balance(sd_bus_message *message, void *userdata,
			      sd_bus_error *error);
int prepayd_on_set_settings(sd_bus_message *message, void *userdata,
			    sd_bus_error *error);
int prepayd_on_set_calendar(sd_bus_message *message, void *userdata,
			    sd_bus_error *error);
int prepayd_on_set_vulnerable(sd_bus_message *message, void *userdata,
			      sd_bus_error *error);
int prepayd_on_set_supplier(sd_bus_message *message, void *userdata,
			    sd_bus_error *error);

#endif /* HEARTH_PREPAYD_METHODS_H */
