// SPDX-License-Identifier: MIT
#include "../../app/app.h"
#include "../chip.h"

int main(void)
{
	static struct app app;

	chip_init();
	app_init(&app);
	chip_log("meter started");
	for (;;) {
		app_poll(&app);
		chip_idle();
	}
}
