/* SPDX-License-Identifier: MIT */
/*
 * The board: Olimex STM32-H405 (STM32F405RGT6, 8 MHz crystal) with an
 * ADS131M04 and a W25Q16JV on its headers; docs/mcu-board.md has the wiring.
 * All pins of it are here.
 */
#ifndef HEARTH_STM32_BOARD_H
#define HEARTH_STM32_BOARD_H

#define BOARD_NAME "stm32f405-h405"
#define BOARD_HSE_MHZ 8u

/* USART1: the log; USART2: the hub. Alternate function 7. */
#define PIN_LOG_TX PORT_A, 9
#define PIN_LINK_TX PORT_A, 2
#define PIN_LINK_RX PORT_A, 3

/* SPI1: flash; SPI2: converter. Alternate function 5. */
#define PIN_FLASH_CS PORT_A, 4
#define PIN_FLASH_SCK PORT_A, 5
#define PIN_FLASH_MISO PORT_A, 6
#define PIN_FLASH_MOSI PORT_A, 7
#define PIN_ADC_CS PORT_B, 12
#define PIN_ADC_SCK PORT_B, 13
#define PIN_ADC_MISO PORT_B, 14
#define PIN_ADC_MOSI PORT_B, 15
#define PIN_ADC_DRDY PORT_B, 8 /* EXTI 8 */
#define PIN_ADC_SYNC PORT_B, 9

/* TIM3 channels 1 and 2, alternate function 2; high drives a coil. */
#define PIN_COIL_OPEN PORT_C, 6
#define PIN_COIL_CLOSE PORT_C, 7

/* The valve's H bridge, and what its shunt and the battery have. */
#define PIN_VALVE_OPEN PORT_C, 8
#define PIN_VALVE_CLOSE PORT_C, 9
#define PIN_VALVE_CURRENT PORT_C, 0 /* ADC1 channel 10; 1 V is 200 mA */
#define PIN_BATTERY PORT_C, 1	    /* channel 11; a half of it */

/* Contacts to ground, pulled up here. Covers open theirs when they open. */
#define PIN_REED PORT_C, 2
#define PIN_TERMINAL_COVER PORT_C, 3
#define PIN_METER_COVER PORT_C, 4
#define PIN_MAGNET PORT_C, 5
#define PIN_BUTTON PORT_B, 0
#define PIN_VALVE_CLOSED PORT_B, 1
#define PIN_VALVE_OPENED PORT_B, 10

/* High while the mains is there; pulled up, so that it is without a sensor. */
#define PIN_MAINS_OK PORT_B, 11

#endif /* HEARTH_STM32_BOARD_H */
