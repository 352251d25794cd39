/* SPDX-License-Identifier: MIT */
/* Registers of the MPS2 board with the AN385 image (Cortex-M3, CMSDK). */
#ifndef HEARTH_MPS2_H
#define HEARTH_MPS2_H

#include <stdint.h>

#define MPS2_CLOCK_HZ 25000000u

struct cmsdk_uart {
	volatile uint32_t data;
	volatile uint32_t state;
	volatile uint32_t ctrl;
	volatile uint32_t intstatus; /* write 1 to clear */
	volatile uint32_t bauddiv;
};

#define UART_STATE_TXFULL 1u
#define UART_STATE_RXFULL 2u
#define UART_CTRL_TXEN 1u
#define UART_CTRL_RXEN 2u
#define UART_CTRL_RXIE 8u
#define UART_INT_RX 2u

struct cmsdk_timer {
	volatile uint32_t ctrl;
	volatile uint32_t value;
	volatile uint32_t reload;
	volatile uint32_t intclear;
};

#define TIMER_CTRL_ENABLE 1u
#define TIMER_CTRL_INT 8u

#define MPS2_TIMER0 ((struct cmsdk_timer *)0x40000000u)
#define MPS2_TIMER1 ((struct cmsdk_timer *)0x40001000u)
#define MPS2_UART0 ((struct cmsdk_uart *)0x40004000u)
#define MPS2_UART1 ((struct cmsdk_uart *)0x40005000u)
#define MPS2_UART2 ((struct cmsdk_uart *)0x40006000u)

enum mps2_irq {
	MPS2_IRQ_UART1_RX = 2,
	MPS2_IRQ_UART2_RX = 4,
	MPS2_IRQ_TIMER0 = 8,
};

#define NVIC_ISER0 (*(volatile uint32_t *)0xe000e100u)
#define SCB_AIRCR (*(volatile uint32_t *)0xe000ed0cu)
#define SCB_AIRCR_RESET 0x05fa0004u

/* Left alone by a reset; see startup.c and chip.c. */
struct mps2_retained {
	uint32_t magic;
	uint32_t cause; /* of the next reset, enum hearth_mcu_reset_cause */
	uint32_t data[128];
};
extern struct mps2_retained mps2_retained;

void mps2_uart1_rx_irq(void);
void mps2_uart2_rx_irq(void);
void mps2_timer0_irq(void);
void mps2_fault(const char *what);

#endif /* HEARTH_MPS2_H */
