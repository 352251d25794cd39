// SPDX-License-Identifier: MIT
#include "../chip.h"

#include <assert.h>
#include <string.h>

#include "../../sim/bench.h"
#include "../../sim/board.h"
#include "../ring.h"
#include "flash.h"
#include "mps2.h"
#include "semihost.h"

#define RETAINED_MAGIC 0x48525431u
#define TICK_US 5000u
#define TICKS_PER_US (MPS2_CLOCK_HZ / 1000000u)

struct mps2_retained mps2_retained __attribute__((section(".noinit")));

static_assert(sizeof(mps2_retained.data) == CHIP_RETAINED_LEN, "size");

static struct bench bench;
static struct ring link_rx, link_tx, bench_rx, bench_tx, log_tx;
static enum hearth_mcu_reset_cause cause;

/* --- interrupts: a byte has come, or time has passed */

/* INTSTATUS first: a byte that comes while draining raises it anew. */
static void receive(struct cmsdk_uart *uart, struct ring *ring)
{
	uart->intstatus = UART_INT_RX;
	while (uart->state & UART_STATE_RXFULL)
		ring_put(ring, (uint8_t)uart->data);
}

void mps2_uart1_rx_irq(void)
{
	receive(MPS2_UART1, &link_rx);
}

void mps2_uart2_rx_irq(void)
{
	receive(MPS2_UART2, &bench_rx);
}

void mps2_timer0_irq(void)
{
	MPS2_TIMER0->intclear = 1;
}

/* --- start and time */

static void uart_init(struct cmsdk_uart *uart, uint32_t more)
{
	uart->bauddiv = 217; /* 115200 at 25 MHz */
	uart->ctrl = UART_CTRL_TXEN | more;
}

void chip_init(void)
{
	const char *trouble;

	if (mps2_retained.magic == RETAINED_MAGIC) {
		cause = (enum hearth_mcu_reset_cause)mps2_retained.cause;
	} else {
		memset(&mps2_retained, 0, sizeof(mps2_retained));
		mps2_retained.magic = RETAINED_MAGIC;
		cause = HEARTH_MCU_RESET_POWER_ON;
	}
	/* Unless the program says otherwise, the next one is the pin's. */
	mps2_retained.cause = HEARTH_MCU_RESET_PIN;

	uart_init(MPS2_UART0, 0);
	uart_init(MPS2_UART1, UART_CTRL_RXEN | UART_CTRL_RXIE);
	uart_init(MPS2_UART2, UART_CTRL_RXEN | UART_CTRL_RXIE);
	MPS2_TIMER1->reload = UINT32_MAX;
	MPS2_TIMER1->value = UINT32_MAX;
	MPS2_TIMER1->ctrl = TIMER_CTRL_ENABLE;
	MPS2_TIMER0->reload = TICK_US * TICKS_PER_US - 1;
	MPS2_TIMER0->value = TICK_US * TICKS_PER_US - 1;
	MPS2_TIMER0->ctrl = TIMER_CTRL_ENABLE | TIMER_CTRL_INT;
	NVIC_ISER0 = 1u << MPS2_IRQ_UART1_RX | 1u << MPS2_IRQ_UART2_RX |
		     1u << MPS2_IRQ_TIMER0;

	trouble = mps2_flash_init();
	if (trouble) {
		semihost_print(trouble);
		semihost_print("\n");
		semihost_exit(1);
	}
	board_init();
	bench_init(&bench, &board_frontend);
	bench_plant(&bench, &board_plant);
}

/* The counter runs down and over in 172 s; the main loop looks far oftener. */
uint64_t chip_uptime_us(void)
{
	static uint64_t ticks;
	static uint32_t last = UINT32_MAX;
	uint32_t now = MPS2_TIMER1->value;

	ticks += last - now;
	last = now;
	return ticks / TICKS_PER_US;
}

enum hearth_mcu_reset_cause chip_reset_cause(void)
{
	return cause;
}

const char *chip_hardware_name(void)
{
	static const char name[HEARTH_MCU_NAME_LEN] = "qemu mps2-an385";

	return name;
}

/* Locally administered: this board is not a product. */
void chip_serial_number(uint8_t serial[CHIP_SERIAL_LEN])
{
	static const uint8_t number[CHIP_SERIAL_LEN] = { 0x02, 'h', 'e', 'a',
							 'r',  't', 'h', 1 };

	memcpy(serial, number, sizeof(number));
}

void *chip_retained(void)
{
	return mps2_retained.data;
}

/* --- UARTs */

/* What the UART takes now; the main loop comes again. */
static void pump(struct cmsdk_uart *uart, struct ring *ring)
{
	while (ring_used(ring) && !(uart->state & UART_STATE_TXFULL))
		uart->data = ring_get(ring);
}

void chip_log(const char *line)
{
	while (*line)
		ring_put(&log_tx, (uint8_t)*line++);
	ring_put(&log_tx, '\n');
	pump(MPS2_UART0, &log_tx);
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
	pump(MPS2_UART1, &link_tx);
	return true;
}

/* --- bench */

static void serve_bench(void)
{
	char reply[BENCH_LINE];

	while (ring_used(&bench_rx) && ring_room(&bench_tx) >= BENCH_LINE) {
		size_t len =
			bench_push(&bench, (char)ring_get(&bench_rx), reply);

		for (size_t n = 0; n < len; n++)
			ring_put(&bench_tx, (uint8_t)reply[n]);
		pump(MPS2_UART2, &bench_tx);
	}
}

void chip_idle(void)
{
	serve_bench();
	pump(MPS2_UART0, &log_tx);
	pump(MPS2_UART1, &link_tx);
	pump(MPS2_UART2, &bench_tx);
	/* A byte that came since is still pending: wfi falls through. */
	__asm volatile("cpsid i" ::: "memory");
	if (!ring_used(&link_rx) && !ring_used(&bench_rx))
		__asm volatile("wfi");
	__asm volatile("cpsie i" ::: "memory");
}

void mps2_fault(const char *what)
{
	chip_log(what);
	mps2_retained.cause = HEARTH_MCU_RESET_SOFTWARE;
	__asm volatile("dsb" ::: "memory");
	SCB_AIRCR = SCB_AIRCR_RESET;
	for (;;)
		;
}
