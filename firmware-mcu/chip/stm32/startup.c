// SPDX-License-Identifier: MIT
#include <stdint.h>

#include "stm32f405.h"

extern uint32_t _text_end, _data_start, _data_end, _bss_start, _bss_end;
extern uint32_t _stack_top;
int main(void);

void reset_handler(void);

typedef void (*handler)(void);

#define IRQ(n) (16 + (n))

static void hard_fault(void)
{
	stm32_fault("hard fault");
}

static void unexpected(void)
{
	stm32_fault("unexpected exception");
}

static const handler vectors[16 + STM32_IRQS]
	__attribute__((section(".vectors"), used)) = {
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
		[15] = stm32_systick_irq,
		[IRQ(STM32_IRQ_DMA1_STREAM3)] = stm32_dma1_stream3_irq,
		[IRQ(STM32_IRQ_EXTI9_5)] = stm32_exti9_5_irq,
		[IRQ(STM32_IRQ_USART2)] = stm32_usart2_irq,
	};

void reset_handler(void)
{
	const uint32_t *from = &_text_end;

	/* A bootloader's table may still be in use. */
	STM32_SCB_VTOR = (uint32_t)vectors;
	for (uint32_t *to = &_data_start; to < &_data_end;)
		*to++ = *from++;
	for (uint32_t *to = &_bss_start; to < &_bss_end;)
		*to++ = 0;
	(void)main();
	stm32_fault("main returned");
}
