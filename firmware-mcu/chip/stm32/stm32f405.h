/* SPDX-License-Identifier: MIT */
/* Registers of the STM32F405 (reference manual RM0090), as far as used. */
#ifndef HEARTH_STM32F405_H
#define HEARTH_STM32F405_H

#include <stdbool.h>
#include <stdint.h>

#define STM32_HCLK_HZ 168000000u
#define STM32_PCLK1_HZ 42000000u
#define STM32_PCLK2_HZ 84000000u
#define STM32_TIMER1_HZ 84000000u /* of the timers on APB1 */

struct stm32_rcc {
	volatile uint32_t cr, pllcfgr, cfgr, cir;
	volatile uint32_t ahb1rstr, ahb2rstr, ahb3rstr, reserved0;
	volatile uint32_t apb1rstr, apb2rstr, reserved1[2];
	volatile uint32_t ahb1enr, ahb2enr, ahb3enr, reserved2;
	volatile uint32_t apb1enr, apb2enr, reserved3[2];
	volatile uint32_t ahb1lpenr, ahb2lpenr, ahb3lpenr, reserved4;
	volatile uint32_t apb1lpenr, apb2lpenr, reserved5[2];
	volatile uint32_t bdcr, csr;
};

#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_PLLCFGR_HSE (1u << 22)
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PPRE1_4 (5u << 10)
#define RCC_CFGR_PPRE2_2 (4u << 13)
#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_PIN (1u << 26)
#define RCC_CSR_POR (1u << 27)
#define RCC_CSR_SOFTWARE (1u << 28)
#define RCC_CSR_IWDG (1u << 29)

struct stm32_gpio {
	volatile uint32_t moder, otyper, ospeedr, pupdr, idr, odr, bsrr, lckr;
	volatile uint32_t afr[2];
};

struct stm32_usart {
	volatile uint32_t sr, dr, brr, cr1, cr2, cr3, gtpr;
};

#define USART_SR_RXNE (1u << 5)
#define USART_SR_TXE (1u << 7)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_UE (1u << 13)

struct stm32_spi {
	volatile uint32_t cr1, cr2, sr, dr;
};

#define SPI_CR1_CPHA (1u << 0)
#define SPI_CR1_MSTR (1u << 2)
#define SPI_CR1_DIV4 (1u << 3) /* and DIV2 is 0 */
#define SPI_CR1_SPE (1u << 6)
#define SPI_CR1_SSI (1u << 8)
#define SPI_CR1_SSM (1u << 9)
#define SPI_CR2_RXDMAEN (1u << 0)
#define SPI_CR2_TXDMAEN (1u << 1)
#define SPI_SR_RXNE (1u << 0)
#define SPI_SR_TXE (1u << 1)

struct stm32_dma_stream {
	volatile uint32_t cr, ndtr, par, m0ar, m1ar, fcr;
};

struct stm32_dma {
	volatile uint32_t lisr, hisr, lifcr, hifcr;
	struct stm32_dma_stream stream[8];
};

#define DMA_CR_EN (1u << 0)
#define DMA_CR_TCIE (1u << 4)
#define DMA_CR_TO_PERIPHERAL (1u << 6)
#define DMA_CR_MINC (1u << 10)
#define DMA_CR_PRIORITY_HIGH (2u << 16)
/* Stream 3 in the low, 4 in the high registers. */
#define DMA_LIFCR_3 (0x3du << 22)
#define DMA_HIFCR_4 0x3du

struct stm32_timer {
	volatile uint32_t cr1, cr2, smcr, dier, sr, egr, ccmr1, ccmr2, ccer;
	volatile uint32_t cnt, psc, arr, rcr, ccr[4];
};

#define TIM_CR1_CEN (1u << 0)
#define TIM_CR1_URS (1u << 2)
#define TIM_CR1_OPM (1u << 3)
#define TIM_EGR_UG 1u
#define TIM_CCMR1_PWM2 (7u << 4 | 7u << 12) /* on from CCR to the end */
#define TIM_CCER_1 (1u << 0)
#define TIM_CCER_2 (1u << 4)

struct stm32_adc {
	volatile uint32_t sr, cr1, cr2, smpr1, smpr2, jofr[4], htr, ltr;
	volatile uint32_t sqr1, sqr2, sqr3, jsqr, jdr[4], dr;
};

#define ADC_SR_EOC (1u << 1)
#define ADC_CR2_ADON (1u << 0)
#define ADC_CR2_SWSTART (1u << 30)

struct stm32_exti {
	volatile uint32_t imr, emr, rtsr, ftsr, swier, pr;
};

struct stm32_syscfg {
	volatile uint32_t memrmp, pmc, exticr[4];
};

#define STM32_TIM2 ((struct stm32_timer *)0x40000000u) /* 32 bits */
#define STM32_TIM3 ((struct stm32_timer *)0x40000400u)
#define STM32_IWDG ((volatile uint32_t *)0x40003000u) /* KR PR RLR SR */
#define STM32_SPI2 ((struct stm32_spi *)0x40003800u)
#define STM32_USART2 ((struct stm32_usart *)0x40004400u)
#define STM32_PWR_CR (*(volatile uint32_t *)0x40007000u)
#define STM32_USART1 ((struct stm32_usart *)0x40011000u)
#define STM32_ADC1 ((struct stm32_adc *)0x40012000u)
#define STM32_SPI1 ((struct stm32_spi *)0x40013000u)
#define STM32_SYSCFG ((struct stm32_syscfg *)0x40013800u)
#define STM32_EXTI ((struct stm32_exti *)0x40013c00u)
#define STM32_GPIO(port) ((struct stm32_gpio *)(0x40020000u + 0x400u * (port)))
#define STM32_RCC ((struct stm32_rcc *)0x40023800u)
#define STM32_FLASH_ACR (*(volatile uint32_t *)0x40023c00u)
#define STM32_DMA1 ((struct stm32_dma *)0x40026000u)

#define FLASH_ACR_VALUE (7u << 8 | 5u) /* caches, prefetch, 5 wait states */

/* Unique identity, and the first block that can be written once. */
#define STM32_UID ((const volatile uint32_t *)0x1fff7a10u)
#define STM32_OTP ((const volatile uint8_t *)0x1fff7800u)

/* Cortex-M4. */
#define STM32_SYSTICK ((volatile uint32_t *)0xe000e010u) /* CTRL LOAD VAL */
#define SYSTICK_CTRL_ON 7u
#define STM32_NVIC_ISER ((volatile uint32_t *)0xe000e100u)
#define STM32_SCB_VTOR (*(volatile uint32_t *)0xe000ed08u)
#define STM32_SCB_AIRCR (*(volatile uint32_t *)0xe000ed0cu)
#define SCB_AIRCR_RESET 0x05fa0004u

enum stm32_irq {
	STM32_IRQ_DMA1_STREAM3 = 14,
	STM32_IRQ_EXTI9_5 = 23,
	STM32_IRQ_USART2 = 38,
	STM32_IRQS = 82,
};

enum stm32_port {
	PORT_A,
	PORT_B,
	PORT_C
};

/* --- between the files of chip/stm32/ */

/* chip.c. Left alone by a reset; see startup.c. */
struct stm32_retained {
	uint32_t magic;
	uint32_t cause; /* of the next reset, enum hearth_mcu_reset_cause */
	uint32_t data[128];
};
extern struct stm32_retained stm32_retained;
extern bool stm32_emulated; /* by QEMU: no clock tree, no pins */
void stm32_systick_irq(void);
void stm32_usart2_irq(void);
void stm32_fault(const char *what);

/* pins.c */
enum stm32_mode {
	MODE_INPUT,
	MODE_OUTPUT,
	MODE_ALTERNATE,
	MODE_ANALOG
};
enum stm32_pull {
	PULL_NONE,
	PULL_UP,
	PULL_DOWN
};
void stm32_pin(enum stm32_port port, unsigned int pin, enum stm32_mode mode,
	       enum stm32_pull pull, unsigned int alternate);
void stm32_pin_set(enum stm32_port port, unsigned int pin, int high);
int stm32_pin_get(enum stm32_port port, unsigned int pin);

/* spi.c */
void stm32_spi_init(void);

/* adc.c */
void stm32_adc_init(void);
void stm32_adc_watch(void);
void stm32_exti9_5_irq(void);
void stm32_dma1_stream3_irq(void);
/* Whether sets come. */
int stm32_adc_alive(void);

/* gear.c */
void stm32_gear_init(void);
void stm32_gear_tick(void); /* each millisecond, from the interrupt */

/* The flash of the store. */
void stm32_store_init(void);
int stm32_store_alive(void);

#endif /* HEARTH_STM32F405_H */
