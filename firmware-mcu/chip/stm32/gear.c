// SPDX-License-Identifier: MIT
/* Relay coils, valve, contacts, and the warning that the mains fails. */
#include "../../switchgear/relay.h"
#include "../chip.h"
#include "board.h"
#include "stm32f405.h"

#define TICKS_US 10u /* of TIM3: 655 ms at most */
#define PATIENCE 2000u
/* 3.3 V is 4095; 200 mA a volt, and the battery's half. */
#define CURRENT_MA(counts) ((counts)*660u / 4095u)
#define BATTERY_MV(counts) ((counts)*6600u / 4095u)
#define CHANNEL_CURRENT 10u
#define CHANNEL_BATTERY 11u

#define SAMPLES 2048u /* milliseconds; a power of two */

static uint8_t samples[SAMPLES];
static volatile uint32_t sampled, fetched; /* counted on */
static volatile uint32_t mains_low_ms;
/* A spike is none; the bridge's capacitor has the rest. */
#define MAINS_LOW_MS 2u

void stm32_gear_init(void)
{
	stm32_pin_set(PIN_VALVE_OPEN, 0);
	stm32_pin_set(PIN_VALVE_CLOSE, 0);
	stm32_pin(PIN_VALVE_OPEN, MODE_OUTPUT, PULL_NONE, 0);
	stm32_pin(PIN_VALVE_CLOSE, MODE_OUTPUT, PULL_NONE, 0);
	stm32_pin(PIN_VALVE_CURRENT, MODE_ANALOG, PULL_NONE, 0);
	stm32_pin(PIN_BATTERY, MODE_ANALOG, PULL_NONE, 0);
	stm32_pin(PIN_REED, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_TERMINAL_COVER, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_METER_COVER, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_MAGNET, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_BUTTON, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_VALVE_CLOSED, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_VALVE_OPENED, MODE_INPUT, PULL_UP, 0);
	stm32_pin(PIN_MAINS_OK, MODE_INPUT, PULL_UP, 0);

	STM32_TIM3->psc = STM32_TIMER1_HZ / (1000000u / TICKS_US) - 1;
	STM32_TIM3->ccmr1 = TIM_CCMR1_PWM2;
	STM32_TIM3->cr1 = TIM_CR1_OPM | TIM_CR1_URS;
	stm32_pin(PIN_COIL_OPEN, MODE_ALTERNATE, PULL_DOWN, 2);
	stm32_pin(PIN_COIL_CLOSE, MODE_ALTERNATE, PULL_DOWN, 2);

	STM32_ADC1->smpr1 = 7u | 7u << 3; /* 480 cycles */
	STM32_ADC1->cr2 = ADC_CR2_ADON;
}

/* --- contacts */

void stm32_gear_tick(void)
{
	uint8_t bits = 0;

	/* QEMU has no pins. */
	if (stm32_emulated)
		return;
	if (stm32_pin_get(PIN_MAINS_OK))
		mains_low_ms = 0;
	else if (mains_low_ms < MAINS_LOW_MS)
		mains_low_ms++;
	if (!stm32_pin_get(PIN_REED))
		bits |= CHIP_INPUT_REED;
	if (stm32_pin_get(PIN_TERMINAL_COVER))
		bits |= CHIP_INPUT_TERMINAL_COVER;
	if (stm32_pin_get(PIN_METER_COVER))
		bits |= CHIP_INPUT_METER_COVER;
	if (!stm32_pin_get(PIN_MAGNET))
		bits |= CHIP_INPUT_MAGNET;
	if (!stm32_pin_get(PIN_BUTTON))
		bits |= CHIP_INPUT_BUTTON;
	if (!stm32_pin_get(PIN_VALVE_CLOSED))
		bits |= CHIP_INPUT_VALVE_CLOSED;
	if (!stm32_pin_get(PIN_VALVE_OPENED))
		bits |= CHIP_INPUT_VALVE_OPEN;
	if (sampled - fetched == SAMPLES)
		return;
	samples[sampled % SAMPLES] = bits;
	sampled++;
}

size_t chip_inputs(uint8_t *out, size_t room)
{
	size_t n = 0;

	while (n < room && fetched != sampled) {
		out[n++] = samples[fetched % SAMPLES];
		fetched++;
	}
	return n;
}

bool chip_mains_ok(void)
{
	return mains_low_ms < MAINS_LOW_MS;
}

/* --- relay: the timer waits, drives the coil, and stops, all by itself */

void chip_relay_cancel(void)
{
	STM32_TIM3->cr1 &= ~TIM_CR1_CEN;
	STM32_TIM3->ccer = 0;
}

void chip_relay_pulse(enum chip_coil coil, uint64_t at_us, uint32_t length_us)
{
	uint64_t now_us = chip_uptime_us();
	uint32_t wait =
		at_us > now_us ? (uint32_t)((at_us - now_us) / TICKS_US) : 0;
	uint32_t length;

	if (length_us > RELAY_PULSE_MAX_US)
		length_us = RELAY_PULSE_MAX_US;
	length = length_us / TICKS_US;
	if (wait < 1)
		wait = 1;
	if (wait > 0xffffu - length)
		wait = 0xffffu - length;
	chip_relay_cancel();
	STM32_TIM3->cnt = 0;
	STM32_TIM3->ccr[0] = wait;
	STM32_TIM3->ccr[1] = wait;
	STM32_TIM3->arr = wait + length;
	STM32_TIM3->egr = TIM_EGR_UG;
	STM32_TIM3->ccer = coil == CHIP_COIL_OPEN ? TIM_CCER_1 : TIM_CCER_2;
	STM32_TIM3->cr1 |= TIM_CR1_CEN;
}

/* --- valve */

void chip_valve_drive(enum chip_motor motor)
{
	/* Never both sides of the bridge. */
	stm32_pin_set(PIN_VALVE_OPEN, 0);
	stm32_pin_set(PIN_VALVE_CLOSE, 0);
	if (motor == CHIP_MOTOR_OPEN)
		stm32_pin_set(PIN_VALVE_OPEN, 1);
	if (motor == CHIP_MOTOR_CLOSE)
		stm32_pin_set(PIN_VALVE_CLOSE, 1);
}

/* 492 cycles of 21 MHz: 24 us. */
static uint32_t convert(uint32_t channel)
{
	STM32_ADC1->sqr3 = channel;
	STM32_ADC1->sr = 0;
	STM32_ADC1->cr2 = ADC_CR2_ADON | ADC_CR2_SWSTART;
	for (uint32_t n = 0; n < PATIENCE; n++)
		if (STM32_ADC1->sr & ADC_SR_EOC)
			return STM32_ADC1->dr & 0xfff;
	return 0;
}

uint32_t chip_valve_current_ma(void)
{
	return CURRENT_MA(convert(CHANNEL_CURRENT));
}

uint32_t chip_battery_mv(void)
{
	return BATTERY_MV(convert(CHANNEL_BATTERY));
}
