// SPDX-License-Identifier: MIT
#include "stm32f405.h"

static void field(volatile uint32_t *reg, unsigned int at, unsigned int bits,
		  uint32_t value)
{
	uint32_t mask = (1u << bits) - 1;

	*reg = (*reg & ~(mask << at)) | value << at;
}

void stm32_pin(enum stm32_port port, unsigned int pin, enum stm32_mode mode,
	       enum stm32_pull pull, unsigned int alternate)
{
	struct stm32_gpio *gpio = STM32_GPIO(port);

	field(&gpio->pupdr, pin * 2, 2, pull);
	field(&gpio->ospeedr, pin * 2, 2, 2);
	field(&gpio->afr[pin / 8], pin % 8 * 4, 4, alternate);
	field(&gpio->moder, pin * 2, 2, mode);
}

void stm32_pin_set(enum stm32_port port, unsigned int pin, int high)
{
	STM32_GPIO(port)->bsrr = 1u << (high ? pin : pin + 16);
}

int stm32_pin_get(enum stm32_port port, unsigned int pin)
{
	return (int)(STM32_GPIO(port)->idr >> pin & 1);
}
