// SPDX-License-Identifier: MIT
/*
 * The converter says that a set is there (EXTI), DMA fetches it, and the end of
 * that (another interrupt) sorts it into blocks. The main loop may stay away
 * for half a second: an erase of the flash takes 0.4.
 */
#include <string.h>

#include "../../metrology/metrology.h"
#include "../chip.h"
#include "../parts/ads131m04.h"
#include "../parts/spi.h"
#include "board.h"
#include "stm32f405.h"

#define BLOCKS 50u
#define SILENT_US 100000u
#define RETRY_US 1000000u

/* How channels are wired, and what they are amplified by. */
enum {
	CHANNEL_U,
	CHANNEL_LIVE,
	CHANNEL_NEUTRAL,
	CHANNEL_LOAD
};
static const struct ads131m04_config gains = { { 1, 32, 4, 1 } };

struct block {
	int32_t sample[ADS131M04_CHANNELS][MET_BLOCK];
	uint64_t end_us;
};

static struct block blocks[BLOCKS];
static volatile uint32_t filled, taken; /* counted on */
static uint32_t in_block;
static volatile uint32_t lost; /* since the last block handed out */
static uint8_t frame[ADS131M04_FRAME];
static volatile uint64_t set_us; /* when the one under way was ready */
static volatile bool busy, reset_seen, running;
/* Nobody fetches before the store has been read, which takes a second. */
static volatile bool wanted;
static uint64_t tried_us;
static struct block current;

static void start_dma(void)
{
	struct stm32_dma_stream *rx = &STM32_DMA1->stream[3];
	struct stm32_dma_stream *tx = &STM32_DMA1->stream[4];

	spi_select(SPI_CONVERTER, true);
	STM32_DMA1->lifcr = DMA_LIFCR_3;
	STM32_DMA1->hifcr = DMA_HIFCR_4;
	rx->ndtr = sizeof(frame);
	rx->par = (uint32_t)&STM32_SPI2->dr;
	rx->m0ar = (uint32_t)frame;
	rx->cr = DMA_CR_MINC | DMA_CR_PRIORITY_HIGH | DMA_CR_TCIE | DMA_CR_EN;
	tx->ndtr = sizeof(ads131m04_null_frame);
	tx->par = (uint32_t)&STM32_SPI2->dr;
	tx->m0ar = (uint32_t)ads131m04_null_frame;
	tx->cr = DMA_CR_MINC | DMA_CR_TO_PERIPHERAL | DMA_CR_EN;
	STM32_SPI2->cr2 = SPI_CR2_RXDMAEN | SPI_CR2_TXDMAEN;
}

void stm32_exti9_5_irq(void)
{
	STM32_EXTI->pr = 1u << 8;
	if (!running || !wanted)
		return;
	/* The one before is not here yet: this one is overwritten. */
	if (busy) {
		lost++;
		return;
	}
	busy = true;
	set_us = chip_uptime_us();
	start_dma();
}

static void take(const int32_t sample[ADS131M04_CHANNELS])
{
	struct block *block = &blocks[filled % BLOCKS];

	if (filled - taken == BLOCKS) {
		lost++;
		return;
	}
	for (int c = 0; c < ADS131M04_CHANNELS; c++)
		block->sample[c][in_block] = sample[c];
	if (++in_block < MET_BLOCK)
		return;
	in_block = 0;
	block->end_us = set_us;
	filled++;
}

void stm32_dma1_stream3_irq(void)
{
	int32_t sample[ADS131M04_CHANNELS];
	bool was_reset;

	STM32_DMA1->lifcr = DMA_LIFCR_3;
	STM32_SPI2->cr2 = 0;
	spi_select(SPI_CONVERTER, false);
	busy = false;
	if (!ads131m04_frame(frame, sample, &was_reset)) {
		lost++;
		return;
	}
	/* Its registers are gone: gains are not what we count on. */
	if (was_reset) {
		reset_seen = true;
		lost++;
		return;
	}
	take(sample);
}

static void set_up(void)
{
	running = false;
	busy = false;
	STM32_SPI2->cr2 = 0;
	STM32_DMA1->stream[3].cr = 0;
	STM32_DMA1->stream[4].cr = 0;
	reset_seen = false;
	tried_us = chip_uptime_us();
	set_us = tried_us;
	/* Where it had stopped, a block does not go on. */
	in_block = 0;
	running = ads131m04_init(&gains) == ADS131M04_OK;
}

void stm32_adc_init(void)
{
	stm32_pin_set(PIN_ADC_SYNC, 1);
	stm32_pin(PIN_ADC_SYNC, MODE_OUTPUT, PULL_NONE, 0);
	stm32_pin(PIN_ADC_DRDY, MODE_INPUT, PULL_UP, 0);
	/* EXTI 8 is port B's, falling. */
	STM32_SYSCFG->exticr[2] = PORT_B;
	STM32_EXTI->ftsr |= 1u << 8;
	STM32_EXTI->imr |= 1u << 8;
	set_up();
}

/* 64 bits are read in two parts, and an interrupt may come in between. */
static uint64_t last_set_us(void)
{
	uint64_t us;

	__asm volatile("cpsid i" ::: "memory");
	us = set_us;
	__asm volatile("cpsie i" ::: "memory");
	return us;
}

int stm32_adc_alive(void)
{
	if (!running || !wanted)
		return running;
	return !reset_seen && chip_uptime_us() - last_set_us() < SILENT_US;
}

/* From the main loop: one that is silent or was reset is set up anew. */
void stm32_adc_watch(void)
{
	uint64_t now_us = chip_uptime_us();
	uint64_t gap_us = now_us - last_set_us();

	if (stm32_adc_alive() || now_us - tried_us < RETRY_US)
		return;
	running = false;
	/* Nobody counted these: there was no DRDY. */
	__asm volatile("cpsid i" ::: "memory");
	lost += (uint32_t)(gap_us * MET_RATE_HZ / 1000000);
	__asm volatile("cpsie i" ::: "memory");
	set_up();
}

bool chip_adc_block(int32_t *u, int32_t *live, int32_t *neutral,
		    uint32_t *ret_lost)
{
	*ret_lost = 0;
	if (!wanted) {
		set_us = chip_uptime_us();
		wanted = true;
	}
	if (filled == taken)
		return false;
	current = blocks[taken % BLOCKS];
	taken++;
	memcpy(u, current.sample[CHANNEL_U], sizeof(current.sample[0]));
	memcpy(live, current.sample[CHANNEL_LIVE], sizeof(current.sample[0]));
	memcpy(neutral, current.sample[CHANNEL_NEUTRAL],
	       sizeof(current.sample[0]));
	__asm volatile("cpsid i" ::: "memory");
	*ret_lost = lost;
	lost = 0;
	__asm volatile("cpsie i" ::: "memory");
	return true;
}

uint64_t chip_adc_time_us(void)
{
	return current.end_us;
}

const int32_t *chip_adc_load(void)
{
	return current.sample[CHANNEL_LOAD];
}
