// SPDX-License-Identifier: MIT
#include <stdint.h>

#include "mps2.h"

extern uint32_t _text_end, _data_start, _data_end, _bss_start, _bss_end;
extern uint32_t _stack_top;
int main(void);

void reset_handler(void);

void reset_handler(void)
{
	const uint32_t *from = &_text_end;

	for (uint32_t *to = &_data_start; to < &_data_end;)
		*to++ = *from++;
	for (uint32_t *to = &_bss_start; to < &_bss_end;)
		*to++ = 0;
	(void)main();
	mps2_fault("main returned");
}

static void hard_fault(void)
{
	mps2_fault("hard fault");
}

static void unexpected(void)
{
	mps2_fault("unexpected exception");
}

typedef void (*handler)(void);

#define IRQ(n) (16 + (n))

static const handler vectors[48] __attribute__((section(".vectors"), used)) = {
	[0] = (handler)&_stack_top,
	[1] = reset_handler,
	[2] = unexpected,
	[3] = hard_fault,
	[4] = hard_fault,
	[5] = hard_fault,
	[6] = hard_fault,
	[11] = unexpected,
	[12] = unexpected,
	[14] = unexpected,
	[15] = unexpected,
	[IRQ(MPS2_IRQ_UART1_RX)] = mps2_uart1_rx_irq,
	[IRQ(MPS2_IRQ_UART2_RX)] = mps2_uart2_rx_irq,
	[IRQ(MPS2_IRQ_TIMER0)] = mps2_timer0_irq,
};
