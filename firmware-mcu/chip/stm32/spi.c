// SPDX-License-Identifier: MIT
#include "../parts/spi.h"

#include "../chip.h"
#include "board.h"
#include "stm32f405.h"

/* A byte takes 0.4 us; a bus that does not move must not stop the meter. */
#define PATIENCE 2000u

static struct stm32_spi *bus_of(enum spi_part part)
{
	return part == SPI_CONVERTER ? STM32_SPI2 : STM32_SPI1;
}

void stm32_spi_init(void)
{
	const uint32_t master = SPI_CR1_MSTR | SPI_CR1_SSM | SPI_CR1_SSI;

	spi_select(SPI_CONVERTER, false);
	spi_select(SPI_FLASH, false);
	stm32_pin(PIN_ADC_CS, MODE_OUTPUT, PULL_NONE, 0);
	stm32_pin(PIN_ADC_SCK, MODE_ALTERNATE, PULL_NONE, 5);
	stm32_pin(PIN_ADC_MISO, MODE_ALTERNATE, PULL_DOWN, 5);
	stm32_pin(PIN_ADC_MOSI, MODE_ALTERNATE, PULL_NONE, 5);
	stm32_pin(PIN_FLASH_CS, MODE_OUTPUT, PULL_NONE, 0);
	stm32_pin(PIN_FLASH_SCK, MODE_ALTERNATE, PULL_NONE, 5);
	stm32_pin(PIN_FLASH_MISO, MODE_ALTERNATE, PULL_UP, 5);
	stm32_pin(PIN_FLASH_MOSI, MODE_ALTERNATE, PULL_NONE, 5);
	/* 21 MHz both: mode 1 at PCLK1 / 2, mode 0 at PCLK2 / 4. */
	STM32_SPI2->cr1 = master | SPI_CR1_CPHA | SPI_CR1_SPE;
	STM32_SPI1->cr1 = master | SPI_CR1_DIV4 | SPI_CR1_SPE;
}

void spi_select(enum spi_part part, bool on)
{
	if (part == SPI_CONVERTER)
		stm32_pin_set(PIN_ADC_CS, !on);
	else
		stm32_pin_set(PIN_FLASH_CS, !on);
}

static uint8_t exchange(struct stm32_spi *spi, uint8_t byte)
{
	for (uint32_t n = 0; !(spi->sr & SPI_SR_TXE); n++)
		if (n == PATIENCE)
			return 0xff;
	*(volatile uint8_t *)&spi->dr = byte;
	for (uint32_t n = 0; !(spi->sr & SPI_SR_RXNE); n++)
		if (n == PATIENCE)
			return 0xff;
	return *(volatile uint8_t *)&spi->dr;
}

void spi_transfer(enum spi_part part, const uint8_t *tx, uint8_t *rx,
		  size_t len)
{
	for (size_t n = 0; n < len; n++) {
		uint8_t in = exchange(bus_of(part), tx ? tx[n] : 0);

		if (rx)
			rx[n] = in;
	}
}

void spi_wait_us(uint32_t us)
{
	uint64_t start = chip_uptime_us();

	while (chip_uptime_us() - start < us)
		;
}

bool spi_hurry(void)
{
	return !chip_mains_ok();
}
