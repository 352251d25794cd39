// SPDX-License-Identifier: MIT
#include "../chip.h"

#include <assert.h>
#include <string.h>

#include "../ring.h"
#include "board.h"
#include "stm32f405.h"

#define RETAINED_MAGIC 0x48525431u
#define BAUD 115200u
#define TICK_US 1000u
#define RELOAD (TICK_US * (STM32_HCLK_HZ / 1000000u) - 1)
/* QEMU's timers count a gigahertz. */
#define QEMU_TIMER_HZ 1000000000u
/* A crystal starts in 2 ms, the PLL locks in 0.3; at 16 MHz yet. */
#define CRYSTAL_PATIENCE 100000u

struct stm32_retained stm32_retained __attribute__((section(".noinit")));

static_assert(sizeof(stm32_retained.data) == CHIP_RETAINED_LEN, "size");

static struct ring link_rx, link_tx, log_tx;
static enum hearth_mcu_reset_cause cause;
static bool no_crystal;
bool stm32_emulated;

/* --- interrupts; all of one priority, none interrupts another */

void stm32_systick_irq(void)
{
	(void)chip_uptime_us();
	stm32_gear_tick();
}

void stm32_usart2_irq(void)
{
	while (STM32_USART2->sr & USART_SR_RXNE)
		ring_put(&link_rx, (uint8_t)STM32_USART2->dr);
}

/* --- start and time */

static bool wait_for(volatile uint32_t *reg, uint32_t bits, uint32_t value)
{
	for (uint32_t n = 0; n < CRYSTAL_PATIENCE; n++)
		if ((*reg & bits) == value)
			return true;
	return false;
}

/*
 * 168 MHz from the crystal; without it from the 1 % oscillator inside, so that
 * the meter can at least say so. QEMU has the clock of the end from the
 * beginning, and registers that read 0.
 */
static void start_clocks(void)
{
	struct stm32_rcc *rcc = STM32_RCC;
	uint32_t source = RCC_PLLCFGR_HSE, mhz = BOARD_HSE_MHZ;

	stm32_emulated = !(rcc->cr & RCC_CR_HSIRDY);
	rcc->ahb1enr |= 7u | 1u << 21; /* ports A to C, DMA1 */
	rcc->apb1enr |= 3u | 1u << 14 | 1u << 17 | 1u << 28;
	rcc->apb2enr |= 1u << 4 | 1u << 8 | 1u << 12 | 1u << 14;
	if (stm32_emulated)
		return;
	STM32_PWR_CR |= 1u << 14; /* regulator for 168 MHz */
	STM32_FLASH_ACR = FLASH_ACR_VALUE;
	rcc->cr |= RCC_CR_HSEON;
	no_crystal = !wait_for(&rcc->cr, RCC_CR_HSERDY, RCC_CR_HSERDY);
	if (no_crystal) {
		source = 0;
		mhz = 16;
	}
	/* 1 MHz in, 336 out, halved; USB's 48 are not used. */
	rcc->pllcfgr = source | mhz | 336u << 6 | 7u << 24;
	rcc->cr |= RCC_CR_PLLON;
	(void)wait_for(&rcc->cr, RCC_CR_PLLRDY, RCC_CR_PLLRDY);
	rcc->cfgr = RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2 | RCC_CFGR_SW_PLL;
	(void)wait_for(&rcc->cfgr, 3u << 2, RCC_CFGR_SWS_PLL);
}

static enum hearth_mcu_reset_cause cause_of(uint32_t csr)
{
	if (csr & RCC_CSR_POR)
		return HEARTH_MCU_RESET_POWER_ON;
	if (csr & RCC_CSR_IWDG)
		return HEARTH_MCU_RESET_WATCHDOG;
	if (csr & RCC_CSR_SOFTWARE)
		return HEARTH_MCU_RESET_SOFTWARE;
	if (csr & RCC_CSR_PIN)
		return HEARTH_MCU_RESET_PIN;
	return HEARTH_MCU_RESET_UNKNOWN;
}

static void find_cause(void)
{
	cause = cause_of(STM32_RCC->csr);
	STM32_RCC->csr |= RCC_CSR_RMVF;
	if (stm32_retained.magic == RETAINED_MAGIC &&
	    cause != HEARTH_MCU_RESET_POWER_ON)
		return;
	memset(&stm32_retained, 0, sizeof(stm32_retained));
	stm32_retained.magic = RETAINED_MAGIC;
	cause = HEARTH_MCU_RESET_POWER_ON;
}

static void feed_watchdog(void)
{
	STM32_IWDG[0] = 0xaaaa;
}

/* 4 s: ten erases of the flash one after the other. */
static void start_watchdog(void)
{
	STM32_IWDG[0] = 0xcccc;
	STM32_IWDG[0] = 0x5555;
	STM32_IWDG[1] = 5; /* 32 kHz / 128 */
	STM32_IWDG[2] = 1000;
	feed_watchdog();
}

static void uart_init(struct stm32_usart *uart, uint32_t clock_hz,
		      uint32_t more)
{
	uart->brr = (clock_hz + BAUD / 2) / BAUD;
	uart->cr1 = USART_CR1_UE | USART_CR1_TE | more;
}

static void enable_irq(enum stm32_irq irq)
{
	STM32_NVIC_ISER[irq / 32] = 1u << irq % 32;
}

/* Microseconds, in 32 bits: 71 minutes. */
static void start_time(void)
{
	STM32_TIM2->psc =
		(stm32_emulated ? QEMU_TIMER_HZ : STM32_TIMER1_HZ) / 1000000u -
		1;
	STM32_TIM2->arr = UINT32_MAX;
	STM32_TIM2->egr = TIM_EGR_UG;
	STM32_TIM2->cr1 = TIM_CR1_CEN;
}

void chip_init(void)
{
	start_clocks();
	start_time();
	find_cause();
	STM32_SYSTICK[1] = RELOAD;
	STM32_SYSTICK[2] = 0;
	STM32_SYSTICK[0] = SYSTICK_CTRL_ON;
	stm32_pin(PIN_LOG_TX, MODE_ALTERNATE, PULL_NONE, 7);
	stm32_pin(PIN_LINK_TX, MODE_ALTERNATE, PULL_NONE, 7);
	stm32_pin(PIN_LINK_RX, MODE_ALTERNATE, PULL_UP, 7);
	uart_init(STM32_USART1, STM32_PCLK2_HZ, 0);
	uart_init(STM32_USART2, STM32_PCLK1_HZ,
		  USART_CR1_RE | USART_CR1_RXNEIE);
	stm32_gear_init();
	stm32_spi_init();
	stm32_store_init();
	enable_irq(STM32_IRQ_USART2);
	enable_irq(STM32_IRQ_EXTI9_5);
	enable_irq(STM32_IRQ_DMA1_STREAM3);
	stm32_adc_init();
	start_watchdog();
	if (no_crystal)
		chip_log("clock: no crystal");
	if (!stm32_store_alive())
		chip_log("flash: no answer");
	if (!stm32_adc_alive())
		chip_log("converter: no answer");
}

/* Called each millisecond at least: no turn of the timer is missed. */
uint64_t chip_uptime_us(void)
{
	static uint32_t last, turns;
	uint32_t masked, now;
	uint64_t us;

	__asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(masked)::"memory");
	now = STM32_TIM2->cnt;
	turns += now < last;
	last = now;
	us = (uint64_t)turns << 32 | now;
	__asm volatile("msr primask, %0" ::"r"(masked) : "memory");
	return us;
}

enum hearth_mcu_reset_cause chip_reset_cause(void)
{
	return cause;
}

const char *chip_hardware_name(void)
{
	static const char name[HEARTH_MCU_NAME_LEN] = BOARD_NAME;

	return name;
}

/* What was written in the factory; else made up from the part's own. */
void chip_serial_number(uint8_t serial[CHIP_SERIAL_LEN])
{
	uint32_t id[3] = { 0x51454d55, 0, 0 }; /* QEMU has none */
	uint8_t any = 0xff;

	if (!stm32_emulated) {
		for (int n = 0; n < CHIP_SERIAL_LEN; n++) {
			serial[n] = STM32_OTP[n];
			any &= serial[n];
		}
		if (any != 0xff)
			return;
		for (int n = 0; n < 3; n++)
			id[n] = STM32_UID[n];
	}
	serial[0] = 0x02; /* locally administered */
	for (int n = 1; n < CHIP_SERIAL_LEN; n++)
		serial[n] = (uint8_t)(id[n % 3] >> 8 * (n / 3) ^
				      id[(n + 1) % 3] >> 24);
}

void *chip_retained(void)
{
	return stm32_retained.data;
}

uint32_t chip_trouble(void)
{
	return (stm32_adc_alive() ? 0 : CHIP_TROUBLE_CONVERTER) |
	       (stm32_store_alive() ? 0 : CHIP_TROUBLE_FLASH) |
	       (no_crystal ? CHIP_TROUBLE_CRYSTAL : 0);
}

/* --- UARTs */

/* What the UART takes now; the main loop comes again. */
static void pump(struct stm32_usart *uart, struct ring *ring)
{
	while (ring_used(ring) && uart->sr & USART_SR_TXE)
		uart->dr = ring_get(ring);
}

void chip_log(const char *line)
{
	while (*line)
		ring_put(&log_tx, (uint8_t)*line++);
	ring_put(&log_tx, '\n');
	pump(STM32_USART1, &log_tx);
}

size_t chip_link_read(uint8_t *data, size_t room)
{
	size_t len = 0;

	while (len < room && ring_used(&link_rx))
		data[len++] = ring_get(&link_rx);
	return len;
}

bool chip_link_write(const uint8_t *data, size_t len)
{
	if (ring_room(&link_tx) < len)
		return false;
	while (len--)
		ring_put(&link_tx, *data++);
	pump(STM32_USART2, &link_tx);
	return true;
}

/* A tick a millisecond: wfi never lasts longer. */
void chip_idle(void)
{
	feed_watchdog();
	stm32_adc_watch();
	pump(STM32_USART1, &log_tx);
	pump(STM32_USART2, &link_tx);
	if (!ring_used(&link_rx) && !ring_used(&link_tx))
		__asm volatile("wfi");
}

void stm32_fault(const char *what)
{
	chip_log(what);
	chip_relay_cancel();
	chip_valve_drive(CHIP_MOTOR_STOP);
	__asm volatile("dsb" ::: "memory");
	STM32_SCB_AIRCR = SCB_AIRCR_RESET;
	for (;;)
		;
}
