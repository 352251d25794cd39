// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Ihd1, documented in dbus/uk.hearth.Ihd1.xml. */
#include "ihdd.h"

#include <string.h>

static int get_view(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply, void *userdata,
		    sd_bus_error *error)
{
	const struct ihd_view *view = userdata;
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	for (int n = 0; r >= 0 && n < view->n; n++) {
		const struct ihd_field *field = &view->field[n];

		if (field->kind == IHD_TEXT)
			r = sd_bus_message_append(reply, "{sv}", field->name,
						  "s", field->text);
		else if (field->kind == IHD_NUMBER)
			r = sd_bus_message_append(reply, "{sv}", field->name,
						  "x", field->number);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("View", "a{sv}", get_view, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END
};

int ihd_bus_add(struct manager *manager)
{
	int r = sd_bus_add_object_vtable(manager->bus, NULL, IHD_PATH,
					 IHD_INTERFACE, vtable, &manager->view);

	return r < 0 ? r : sd_bus_request_name(manager->bus, IHD_BUS_NAME, 0);
}

void ihd_bus_changed(struct manager *manager)
{
	int r = sd_bus_emit_properties_changed(manager->bus, IHD_PATH,
					       IHD_INTERFACE, "View", NULL);

	if (r < 0)
		log_warning("cannot emit a change: %s", strerror(-r));
}
