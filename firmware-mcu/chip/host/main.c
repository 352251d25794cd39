// SPDX-License-Identifier: MIT
#include "../../app/app.h"
#include "../chip.h"
#include "host.h"

int main(int argc, char **argv)
{
	static struct app app;

	host_options(argc, argv);
	chip_init();
	app_init(&app);
	for (;;) {
		app_poll(&app);
		chip_idle();
	}
}
