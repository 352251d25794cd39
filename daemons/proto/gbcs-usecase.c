// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-usecase.h"

#include "gbcs-protect.h"

#define C GBCS_UC_COMMAND
#define P GBCS_UC_PRE_COMMAND
#define R_ GBCS_UC_RESPONSE
#define A GBCS_UC_ALERT
#define CRITICAL GBCS_UC_CRITICAL
#define FUTURE GBCS_UC_FUTURE_DATED
#define REPLAY GBCS_UC_REPLAY_PROTECTED
#define DATED GBCS_UC_RESPONSE_DATED
#define ENCRYPTED GBCS_UC_ENCRYPTED
#define S GBCS_SIGN
#define M GBCS_MAC
#define R(_role) GBCS_UC_ROLE_##_role
#define ESME GBCS_UC_ESME
#define GSME GBCS_UC_GSME
#define CHF GBCS_UC_CHF
#define GPF GBCS_UC_GPF
#define PPMID GBCS_UC_PPMID
#define HCALCS GBCS_UC_HCALCS
#define SAPC GBCS_UC_SAPC

/* clang-format off */
/*
 * Message code, use case, title, encoding; messages; properties; protection of
 * command, response, alert; code of its alerts; roles; devices; largest size.
 */
static const struct gbcs_use_case table[] = {
	{ 0x0001, "CCS01", "Add Device to CHF device log", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0002, "CCS02", "Remove device from CHF device log", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0003, "CCS03", "Restore CHF Device Log", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0004, "CCS05CCS04", "Read CHF device log / check HAN communications", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(OTHER) | R(SUPPLIER), CHF, 1024 },
	{ 0x0007, "CS01a", "Apply Prepayment Top Up to an ESME", GBCS_DLMS, C | R_, REPLAY | DATED, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0008, "CS02aMAC", "Provide Security Credentials Details", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME | ESME, 8192 },
	{ 0x0008, "CS02aSignature", "Provide Security Credentials Details", GBCS_ASN1, C | R_, CRITICAL | REPLAY, S, S, 0, 0x0000, R(ACB) | R(TRANSITIONAL_COS), ESME | CHF, 8192 },
	{ 0x000a, "CS02c", "Issue Security Credentials", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 8192 },
	{ 0x000b, "CS02d", "Update Device Certificates on Device", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 8192 },
	{ 0x000c, "CS02e", "Provide Device Certificates from Device", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 8192 },
	{ 0x000d, "CS03A1", "Method A Join (Meter)", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x000e, "CS03B", "Method B Join", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(OTHER) | R(SUPPLIER), GSME, 1024 },
	{ 0x000f, "CS04ACCritical", "Method A or C Unjoin", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x000f, "CS04ACNonCritical", "Method A or C Unjoin", GBCS_ASN1, C | R_, REPLAY, S | M, S, 0, 0x0000, R(ACB) | R(OTHER) | R(SUPPLIER), PPMID, 1024 },
	{ 0x0010, "CS04B", "Method B Unjoin", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(OTHER) | R(SUPPLIER), GSME, 1024 },
	{ 0x0012, "CS06", "Activate Firmware", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00ca, R(SUPPLIER), ESME, 1024 },
	{ 0x0013, "CS07", "Read Device Join Details", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(OTHER) | R(SUPPLIER), GSME, 1024 },
	{ 0x0014, "CS10a", "Read ZigBee Device Event Log", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x0015, "CS11", "Clear ZigBee Device Event Log", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0018, "CS14", "Device Addition To / Removal From HAN Whitelist Alerts", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0019, "ECS01a", "Set Tariff and Price on ESME", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 4096 },
	{ 0x001a, "ECS02", "Set ESME Payment Mode to Credit", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 1024 },
	{ 0x001b, "ECS03", "Set ESME Payment Mode to Prepayment", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 1024 },
	{ 0x001c, "ECS04a", "Adjust Meter Balance on the ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x001d, "ECS05", "Reset Tariff Block Counter Matrix", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x001e, "ECS07", "Manage Debt on the ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x001f, "ECS08", "Update Prepayment Configuration on ESME", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 4096 },
	{ 0x0020, "ECS09", "Activate Emergency Credit Remotely on ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0021, "ECS10", "Send Message to ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0022, "ECS12", "Set Change of Tenancy date on ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0023, "ECS14", "Disable Privacy PIN Protection on ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0024, "ECS15a", "Clear ESME Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0025, "ECS16", "Write Supplier Contact Details on ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0026, "ECS17a", "Read ESME Energy Registers (Export Energy)", GBCS_DLMS, C | R_, DATED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x0027, "ECS17b", "Read ESME Energy Registers (Import Energy)", GBCS_DLMS, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0028, "ECS17c", "Read ESME Energy Registers (Power)", GBCS_DLMS, C | R_, DATED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0029, "ECS17d", "Read ESME Energy Register (TOU)", GBCS_DLMS, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x002a, "ECS17e", "Read ESME Energy Register (TOU with Blocks)", GBCS_DLMS, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x002b, "ECS18a", "Read Maximum Demand Registers (export)", GBCS_DLMS, C | R_, DATED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x002c, "ECS18b", "Read Maximum Demand Registers (import)", GBCS_DLMS, C | R_, DATED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x002d, "ECS19", "Read ESME Prepayment Registers", GBCS_DLMS, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x002e, "ECS20a", "Read ESME Billing Data Log (payment based debt payments)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x002f, "ECS20b", "Read ESME Billing Data Log (change of mode / tariff triggered exc export)", GBCS_DLMS, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 4096 },
	{ 0x0030, "ECS20c", "Read ESME Billing Data Log (billing calendar triggered exc export)", GBCS_DLMS, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x0033, "ECS21a", "Read Electricity Daily Read Log (exc export)", GBCS_DLMS, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 4096 },
	{ 0x0034, "ECS21b", "Read Electricity (Prepayment) Daily Read Log", GBCS_DLMS, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 2048 },
	{ 0x0035, "ECS21c", "Read Electricity Daily Read Log (export only)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x0036, "ECS22a", "Read Electricity Half Hour Profile Data (export)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x0037, "ECS22b", "Read Electricity Half Hour Profile Data (active import)", GBCS_DLMS, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 2048 },
	{ 0x0038, "ECS22c", "Read Electricity Half Hour Profile Data (reactive import)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0039, "ECS23", "Read Voltage Operational Data", GBCS_DLMS, C | R_, DATED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 2048 },
	{ 0x003a, "ECS24", "Read ESME Tariff Data", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 4096 },
	{ 0x003b, "ECS26a", "Read ESME Configuration Data Prepayment", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 2048 },
	{ 0x003c, "ECS26b", "Read ESME Configuration Voltage Data", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x003d, "ECS26c", "Read ESME Configuration Data Device Information (randomisation)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x003e, "ECS26d", "Read ESME Configuration Data Device Information (Billing Calendar)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(OTHER) | R(SUPPLIER), ESME, 1024 },
	{ 0x003f, "ECS26e", "Read ESME Configuration Data Device Information (device identity exc MPAN)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(OTHER) | R(SUPPLIER), ESME, 1024 },
	{ 0x0040, "ECS26f", "Read ESME Configuration Data Device Information (instantaneous power thresholds)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x0042, "ECS27", "Read ESME Load Limit Data", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0043, "ECS28a", "Set Load Limit Configurations - General Settings", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 1024 },
	{ 0x0044, "ECS28b", "Set Load Limit Configuration Counter Reset", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0045, "ECS29a", "Set Voltage Configurations on ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x0046, "ECS30", "Set Billing Calendar on the ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0047, "ECS34", "Set Instantaneous Power Threshold Configuration", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0048, "ECS35a", "Read ESME Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0049, "ECS35b", "Read ESME Security Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x004a, "ECS37", "Set Maximum Demand Configurable Time Period", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x004b, "ECS38", "Update Randomised Offset Limit", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x004c, "ECS39a", "Set MPAN Value on the ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x004d, "ECS39b", "Set Export MPAN Value on the ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x004e, "ECS40", "Read MPAN Value on the ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x004f, "ECS42", "Remotely Close the Load Switch on the ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0050, "ECS43", "Remotely Open the Load Switch on the ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0051, "ECS44", "Arm Load Switch in ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0052, "ECS45", "Read Status of Load Switch in the ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0053, "ECS46a", "Set Auxiliary Controller Descriptions", GBCS_DLMS, C | P | R_, CRITICAL, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0054, "ECS46c", "Set HC ALCS and ALCS configuration in ESME (excluding labels)", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 2048 },
	{ 0x0055, "ECS47Activate", "Set or Reset HC ALCS or ALCS State", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0055, "ECS47Deactivate", "Set or Reset HC ALCS or ALCS State", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0055, "ECS47Reset", "Set or Reset HC ALCS or ALCS State", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0058, "ECS50", "Send CIN to ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x0059, "ECS52", "Read ESME/SAPC/Comms Hub Firmware Version", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x005a, "ECS57", "Reset ESME Maximum Demand Registers", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x005e, "ECS61c", "Read Boost Function Data", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x005f, "ECS62Add", "Set ALCS/APC and Boost Function Association", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x005f, "ECS62Remove", "Set ALCS/APC and Boost Function Association", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0060, "ECS66", "Read ESME Daily Consumption Log", GBCS_DLMS, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x0061, "ECS68", "ESME Critical Sensitive Alert (Billing Data Log)", GBCS_DLMS, A, CRITICAL | ENCRYPTED, 0, 0, S, 0x0000, R(DEVICE), ESME, 2048 },
	{ 0x0062, "ECS70", "Set Clock on ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0062, "ECS70Commission", "Set Clock on ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0067, "ECS80", "Supply Outage Restore Alert from ESME", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x0068, "ECS81", "Set Supply Tamper State on ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x0069, "ECS82", "Read Meter Balance for ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x006b, "GCS01a", "Set Tariff and Price on GSME", GBCS_GBZ, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cd, R(SUPPLIER), GSME, 2048 },
	{ 0x006c, "GCS02", "Set GSME Payment Mode to Credit", GBCS_GBZ, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cd, R(SUPPLIER), GSME, 1024 },
	{ 0x006d, "GCS03", "Set GSME Payment Mode to Prepayment", GBCS_GBZ, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cd, R(SUPPLIER), GSME, 1024 },
	{ 0x006e, "GCS04", "Manage Debt on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x006f, "GCS05", "Update Prepayment Configurations on GSME", GBCS_GBZ, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cd, R(SUPPLIER), GSME, 1024 },
	{ 0x0070, "GCS06", "Activate Emergency Credit Remotely on GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0071, "GCS07", "Send Message to GSME", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0072, "GCS09", "Set Change of Tenancy date on GPF", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GPF, 1024 },
	{ 0x0073, "GCS11", "Disable Privacy PIN Protection on GSME", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0074, "GCS13a", "Read GSME Consumption Register", GBCS_GBZ, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(SUPPLIER), GSME | GPF, 1024 },
	{ 0x0075, "GCS14", "Read GSME Prepayment Register(s)", GBCS_GBZ, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(SUPPLIER), GSME | GPF, 1024 },
	{ 0x0076, "GCS15c", "Read GSME Billing Data Log (billing calendar triggered)", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x0077, "GCS16a", "Read GSME Daily Read log(s)", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 2048 },
	{ 0x0078, "GCS17", "Read GSME Profile Data Log", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x0079, "GCS18", "Read Gas Network Data Log", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x007b, "GCS21a", "Read Gas Configuration Data Device Information", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x007c, "GCS23", "Set CV and Conversion Factor Value(s) on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x007d, "GCS24", "Set Uncontrolled Gas Flow Rate and Supply Tamper State on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x007e, "GCS25", "Set Billing Calendar on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x007f, "GCS28", "Set Clock on GSME", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x007f, "GCS28Commission", "Set Clock on GSME", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0080, "GCS31", "Start Network Data Log on GSME", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR), GSME, 1024 },
	{ 0x0081, "GCS32", "Remotely close the valve in the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0082, "GCS33", "Read GSME Valve Status", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x0083, "GCS36", "Send CIN to GSME", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x0084, "GCS38", "Read GSME Firmware Version", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x0085, "GCS39", "Arm Valve in GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0086, "GCS40a", "Adjust Prepayment Mode Meter Balance on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0087, "GCS41", "Set MPRN Value on the GSME", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0088, "GCS44", "Write Contact Details on GSME", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0089, "GCS46", "Read MPRN on the GSME", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x008b, "GCS53", "Push Billing Data Log as an Alert", GBCS_GBZ, A, CRITICAL | ENCRYPTED, 0, 0, S, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x008c, "GCS59", "Restore GPF Device Log", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GPF, 1024 },
	{ 0x008d, "GCS60", "Read Meter Balance for GSME", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x0090, "PCS02", "Activate Emergency Credit on GSME from PPMID", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x0092, "ECS26i", "Read Configuration Data Device Information (CHF identity)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(OTHER) | R(SUPPLIER), CHF, 1024 },
	{ 0x0093, "ECS35c", "Read CHF Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0094, "ECS35d", "Read CHF Security Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0096, "GCS16b", "Read GSME Daily Read log(s) (prepayment)", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME | GPF, 4096 },
	{ 0x0097, "CS01b", "Apply Prepayment Top Up to a GSME", GBCS_GBZ, C | R_, REPLAY | DATED, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x009b, "PCS01", "Apply Prepayment Top Up to a GSME using PPMID", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x009d, "GCS21d", "Read GSME Configuration Data Device Information (BillingCalendar)", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(OTHER) | R(SUPPLIER), GSME, 1024 },
	{ 0x009e, "GCS21e", "Read GSME/GPF Configuration Data Device Information (device identity)", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(OTHER) | R(SUPPLIER), GSME, 1024 },
	{ 0x009f, "GCS21f", "Read GSME Tariff Data", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x00a0, "GCS61", "Read gas Daily Consumption Log", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GPF, 1024 },
	{ 0x00a1, "CS10b", "Read ZigBee Device Security Log", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x00a2, "ECS01b", "Set Price on ESME", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 2048 },
	{ 0x00a3, "GCS01b", "Set Price on GSME", GBCS_GBZ, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cd, R(SUPPLIER), GSME, 1024 },
	{ 0x00ab, "CS03A2Critical", "Method A Join (non Meter)", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), HCALCS, 1024 },
	{ 0x00ab, "CS03A2NonCritical", "Method A Join (non Meter)", GBCS_ASN1, C | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(ACB) | R(OTHER) | R(SUPPLIER), PPMID, 1024 },
	{ 0x00ac, "ECS25a", "Set Alert Behaviours - ESME - Supplier", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00ad, "GCS20", "Set Alert Behaviours - GSME", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00ae, "ECS29b", "Set Voltage Configurations on ESME - 3ph", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00af, "CS03CCritical", "Method C Join", GBCS_ASN1, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 2048 },
	{ 0x00af, "CS03CNonCritical", "Method C Join", GBCS_ASN1, C | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(ACB) | R(OTHER) | R(SUPPLIER), PPMID, 2048 },
	{ 0x00b0, "ECS25b", "Set Alert Behaviours - ESME - Network Operator", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00b2, "GCS62", "Backup GPF Device Log", GBCS_ASN1, A, 0, 0, 0, M, 0x0000, R(DEVICE), GPF, 1024 },
	{ 0x00b3, "ECS04b", "Reset Meter Balance on the ESME", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00b4, "GCS40b", "Reset Prepayment Mode Meter Balance on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00b5, "GCS21b", "Read GSME Configuration Data Prepayment", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00b6, "GCS13c", "Read GSME Register (TOU)", GBCS_GBZ, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(SUPPLIER), GSME | GPF, 1024 },
	{ 0x00b7, "ECS01c", "Set Tariff and Price on ESME secondary", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 2048 },
	{ 0x00b8, "GCS13b", "Read GSME Block Counters", GBCS_GBZ, C | R_, DATED | ENCRYPTED, M, M, 0, 0x0000, R(SUPPLIER), GSME | GPF, 1024 },
	{ 0x00b9, "ECS35e", "Read ESME Power Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x00ba, "ECS35f", "Read ALCS Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(OTHER) | R(SUPPLIER), ESME, 1024 },
	{ 0x00bb, "ECS61a", "Read HC ALCS and ALCS Data from ESME", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR) | R(OTHER) | R(SUPPLIER), ESME, 2048 },
	{ 0x00bc, "ECS23b", "Read Voltage Operational Data -3 Phase", GBCS_DLMS, C | R_, DATED, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x00bd, "ECS24b", "Read ESME Tariff Data - second element", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 2048 },
	{ 0x00be, "ECS26j", "Read ESME Configuration Data Device Information (Payment Mode)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x00bf, "GCS21j", "Read GSME Configuration Data Device Information (Payment Mode)", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x00c0, "GCS40c", "Adjust Credit Mode Meter Balance on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00c1, "ECS15c", "Clear Auxiliary Controller Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00c2, "GCS40d", "Reset Credit Mode Meter Balance on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00c3, "GCS15b", "Read GSME Billing Data Log (change of mode / tariff triggered)", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 2048 },
	{ 0x00c4, "GCS15d", "Read GSME Billing Data Log (payment-based debt payments)", GBCS_GBZ, C | R_, ENCRYPTED, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x00c5, "GCS15e", "Read GSME Billing Data Log (prepayment credits)", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x00c6, "ECS26k", "Read ESME Configuration Voltage Data - 3 phase", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x00c7, "ECS01d", "Set Price on ESME secondary", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 1024 },
	{ 0x00c9, "ECS20d", "Read ESME Billing Data Log (prepayment credits)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x00ca, "CS06Alert", "Future Dated Firmware Activation Alert", GBCS_ASN1, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME | GSME | CHF | HCALCS | PPMID, 1024 },
	{ 0x00cb, "CS02bAlert", "Future Dated Update Security Credentials Alert", GBCS_ASN1, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME | GSME | CHF | GPF, 8192 },
	{ 0x00cc, "FutureDatedDLMS", "Future Dated Execution Of Instruction Alert (DLMS COSEM)", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x00cd, "FutureDatedGBZ", "Future Dated Execution Of Instruction Alert (GBZ)", GBCS_GBZ, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x00ce, "FDRA-DLMS", "Firmware Distribution Receipt Alert (ESME)", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x00cf, "FDRA-ZigBee", "Firmware Distribution Receipt Alert (GSME)", GBCS_GBZ, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x00d1, "ECS29c", "Set Voltage Configurations on ESME without counter reset", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00d2, "ECS29d", "Set Voltage Configurations on polyphase ESME without counter reset", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00d3, "ECS29e", "Reset RMS Voltage Counters on ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00d4, "ECS29f", "Reset RMS Voltage Counters on polyphase ESME", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00d5, "FailureToDeliver", "Failure to Deliver Remote Party Message to ESME Alert", GBCS_ASN1, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x00d7, "ECS30a", "Set Billing Calendar on the ESME - all periodicities", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00d8, "GCS25a", "Set Billing Calendar on the GSME - all periodicities", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00d9, "ECS26l", "Read ESME Configuration Data Device Information (Billing Calendar - all periodicities)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), ESME, 1024 },
	{ 0x00da, "GCS21k", "Read GSME Configuration Data Device Information (BillingCalendar - all periodicities)", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), GSME, 1024 },
	{ 0x00db, "ECS48", "Configure daily resetting of Tariff Block Counter Matrix", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00de, "ECS08a", "Update Prepayment Configuration on ESME", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), ESME, 4096 },
	{ 0x00ea, "ECS25a1", "Set Event Behaviours - ESME to HAN Device - Supplier", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00eb, "ECS25a2", "Set Event Behaviours - ESME audible alarm - Supplier", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00ec, "ECS25a3", "Set Event Behaviours - ESME logging - Supplier", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00ed, "ECS25b3", "Set Event Behaviours - ESME logging - Network Operator", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00ee, "ECS25r1", "Read non-critical event and alert behaviours - ESME- Supplier", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x00ef, "ECS25r2", "Read non-critical event and alert behaviours - ESME- Network Operator", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 1024 },
	{ 0x00f0, "MIIWA-DLMS", "Meter Integrity Issue Warning Alert - ESME", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x00f1, "GCS20r", "Read non-critical event and alert behaviours - GSME- Supplier", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00f2, "MIIWA-ZigBee", "Meter Integrity Issue Warning Alert - GSME", GBCS_GBZ, A, 0, 0, 0, M, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x00f9, "ECS26m", "Read ESME Configuration Data Device Information (identity, type and supply tamper state)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x00fa, "ECS26n", "Read CHF Configuration Data Device Information (CH identity and type)", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x00fb, "GCS21m", "Read GSME Configuration Data Device Information (identity, type and supply tamper / depletion state)", GBCS_GBZ, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), GSME, 1024 },
	{ 0x00fc, "GCS24a", "Set Uncontrolled Gas Flow Rate at greater resolution and Supply Tamper State on the GSME", GBCS_GBZ, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), GSME, 1024 },
	{ 0x00fd, "ECS35g", "Read Auxiliary Controller Event Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(LOAD_CONTROLLER) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x00fe, "CCS07", "Read CHF Device Logs", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0100, "CS02bRootBySupplier", "Update Security Credentials (rootBySupplier)", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(SUPPLIER), ESME | GSME | CHF | GPF, 8192 },
	{ 0x0101, "CS02bRootByWanProvider", "Update Security Credentials (rootByWanProvider)", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(WAN_PROVIDER), CHF, 8192 },
	{ 0x0102, "CS02bSupplierBySupplier", "Update Security Credentials (supplierBySupplier)", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cb, R(SUPPLIER), ESME, 8192 },
	{ 0x0102, "CS02bSupplierBySupplierHandover", "Update Security Credentials (supplierBySupplier)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(ACB), GPF, 8192 },
	{ 0x0103, "CS02bNOByNO", "Update Security Credentials (networkOperatorByNetworkOperator)", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(NETWORK_OPERATOR), ESME, 8192 },
	{ 0x0103, "CS02bNOByNOHandover", "Update Security Credentials (networkOperatorByNetworkOperator)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(ACB), GPF, 8192 },
	{ 0x0104, "CS02bACBByACB", "Update Security Credentials (accessControlBrokerByACB)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, M, S, 0, 0x0000, R(ACB), ESME, 8192 },
	{ 0x0105, "CS02bWPByWP", "Update Security Credentials (wanProviderByWanProvider)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(WAN_PROVIDER), CHF, 8192 },
	{ 0x0106, "CS02bTransCoSByTransCoS", "Update Security Credentials (transCoSByTransCoS)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, 0, 0x0000, R(TRANSITIONAL_COS), ESME, 8192 },
	{ 0x0107, "CS02bSupplierByTransCoS", "Update Security Credentials (supplierByTransCoS)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cb, R(TRANSITIONAL_COS), ESME, 8192 },
	{ 0x0108, "CS02bAnyExceptAbnormalRootByRecovery", "Update Security Credentials (anyExceptAbnormalRootByRecovery)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S, S, 0, 0x0000, R(RECOVERY), ESME, 8192 },
	{ 0x0109, "CS02bAnyByContingency", "Update Security Credentials (anyByContingency)", GBCS_ASN1, C | R_, CRITICAL | FUTURE | REPLAY | DATED, S, S, 0, 0x0000, R(ROOT), ESME, 8192 },
	{ 0x010a, "DBCH01", "Read CHF Sub GHz Channel", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x010b, "DBCH02", "Read CHF Sub GHz Channel Log", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x010c, "DBCH03", "Read CHF Sub GHz Configuration", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x010d, "DBCH04", "Set CHF Sub GHz Configuration", GBCS_DLMS, C | R_, REPLAY, M, M, M, 0x0113, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x010e, "DBCH05", "Request CHF Sub GHz Channel Scan", GBCS_DLMS, C | R_, REPLAY, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x010f, "CCS06", "Read CHF device log and check HAN communications", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(SUPPLIER), CHF, 1024 },
	{ 0x0110, "DBCH06", "Limited Duty Cycle Action Taken Sub GHz Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0111, "DBCH07", "Sub GHz Sub GHz Channel Changed Sub GHz Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0112, "DBCH08", "Sub GHz Channel Scan Request Assessment Outcome Sub GHz Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0113, "DBCH09", "Sub GHz Configuration Changed Sub GHz Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0114, "DBCH10", "Message Discarded Due to Duty Cycle Management Sub GHz Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0115, "DBCH11", "No More Sub GHz Device Capacity Sub GHz Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0116, "PECS01", "Apply Prepayment Top Up to an ESME using PPMID", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x0117, "PECS02", "Activate Emergency Credit on ESME from PPMID", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x0118, "PECS03", "Request to Enable ESME Supply from PPMID", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x0119, "HECS01", "Request Control of a HAN Connected Auxiliary Load Control Switch from HCALCS", GBCS_GBZ, C | R_, REPLAY, M, M, 0, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x011a, "ECS46d", "Set Auxiliary Controller Calendar", GBCS_DLMS, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x00cc, R(SUPPLIER), SAPC | ESME, 2048 },
	{ 0x011b, "CS02fMAC", "Provide Security Credential Details", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 8192 },
	{ 0x011b, "CS02fSignature", "Provide Security Credential Details", GBCS_ASN1, C | R_, CRITICAL | REPLAY, S, S, 0, 0x0000, R(SUPPLIER) | R(TRANSITIONAL_COS), SAPC | ESME, 8192 },
	{ 0x011c, "ECS61d", "Read Auxiliary Controller Configuration Data", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(LOAD_CONTROLLER) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 2048 },
	{ 0x011d, "ECS61e", "Read Auxiliary Controller Operational Data", GBCS_DLMS, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(LOAD_CONTROLLER) | R(NETWORK_OPERATOR) | R(SUPPLIER), ESME, 1024 },
	{ 0x011e, "ECS47a", "Set Auxiliary Controller [n] State", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(SUPPLIER), ESME, 1024 },
	{ 0x011f, "ECS47e", "Limit APC [n] Level", GBCS_DLMS, C | P | R_, CRITICAL | REPLAY, S | M, S, 0, 0x0000, R(LOAD_CONTROLLER), ESME, 1024 },
	{ 0x0120, "ECS100", "Command not supported by Device", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), SAPC, 1024 },
	{ 0x0121, "ECS101", "Limit APC [n] Level Command processed", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x0122, "ECS102", "Limit APC [n] Level ended or cancelled", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME | SAPC, 1024 },
	{ 0x0123, "ECS200", "Operational Update", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x0124, "CS02gAlert", "Future Dated Update Load Controller Security Credentials Alert", GBCS_ASN1, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), SAPC | ESME, 8192 },
	{ 0x0125, "CS02gLoadControllerByLoadController", "Update Load Controller Security Credentials", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x0124, R(LOAD_CONTROLLER), SAPC, 8192 },
	{ 0x0126, "CS02gLoadControllerBySupplier", "Update Load Controller Security Credentials", GBCS_ASN1, C | P | R_, CRITICAL | FUTURE | REPLAY | DATED, S | M, S, S, 0x0124, R(SUPPLIER), ESME, 8192 },
	{ 0x0128, "CCS08", "Firmware Transfer Alert", GBCS_ASN1, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), CHF, 1024 },
	{ 0x0129, "CS08", "Read PPMID/HCALCS Firmware Version", GBCS_ASN1, C | R_, 0, M, M, 0, 0x0000, R(ACB) | R(NETWORK_OPERATOR) | R(OTHER) | R(SUPPLIER), HCALCS | PPMID, 1024 },
	{ 0x012a, "GCS60a", "Read meter balance and related prepayment/credit registers for GSME", GBCS_GBZ, C | R_, DATED, M, M, 0, 0x0000, R(SUPPLIER), GSME | GPF, 1024 },
	{ 0x012b, "CS09", "PPMID Firmware Activation Alert", GBCS_ASN1, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), PPMID, 1024 },
	{ 0x1000, "GCA-DLMS", "Generic Critical Alert", GBCS_DLMS, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x1000, "GCA-ZigBee", "Generic Critical Alert", GBCS_GBZ, A, CRITICAL, 0, 0, S, 0x0000, R(DEVICE), GSME, 1024 },
	{ 0x1001, "GNCA-DLMS", "Generic Non Critical Alert", GBCS_DLMS, A, 0, 0, 0, M, 0x0000, R(DEVICE), ESME, 1024 },
	{ 0x1001, "GNCA-ZigBee", "Generic Non Critical Alert", GBCS_GBZ, A, 0, 0, 0, M, 0x0000, R(DEVICE), GSME, 1024 },
};
/* clang-format on */

#define ROWS (sizeof(table) / sizeof(table[0]))

const struct gbcs_use_case *gbcs_use_case_next(const struct gbcs_use_case *row)
{
	if (!row)
		return table;
	return row + 1 < table + ROWS ? row + 1 : NULL;
}

/* The first row of a code; the table is in their order. */
const struct gbcs_use_case *gbcs_use_case_find(uint16_t code)
{
	size_t low = 0, high = ROWS;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ROWS && table[low].code == code ? &table[low] : NULL;
}

const struct gbcs_use_case *gbcs_use_case_named(const char *name)
{
	for (size_t n = 0; n < ROWS; n++)
		if (!strcmp(table[n].name, name))
			return &table[n];
	return NULL;
}

unsigned int gbcs_use_case_protection(const struct gbcs_use_case *row,
				      enum gbcs_cra cra)
{
	switch (cra) {
	case GBCS_COMMAND:
		return row->command_protection;
	case GBCS_RESPONSE:
		return row->response_protection;
	default:
		return row->alert_protection;
	}
}

static unsigned int kind_of(const struct gbcs_message *msg)
{
	static const unsigned int kinds[] = {
		[GBCS_COMMAND] = GBCS_UC_COMMAND,
		[GBCS_RESPONSE] = GBCS_UC_RESPONSE,
		[GBCS_ALERT] = GBCS_UC_ALERT,
	};

	return msg->pre_command ? GBCS_UC_PRE_COMMAND : kinds[msg->cra];
}

static bool fits(const struct gbcs_use_case *row,
		 const struct gbcs_message *msg)
{
	unsigned int has = (msg->signature.len ? GBCS_SIGN : 0) |
			   (msg->mac.len ? GBCS_MAC : 0);

	if (!(row->messages & kind_of(msg)) ||
	    row->encoding != gbcs_message_encoding(msg))
		return false;
	if (msg->pre_command)
		return row->command_protection & GBCS_SIGN;
	return has == gbcs_use_case_protection(row, msg->cra);
}

const struct gbcs_use_case *gbcs_use_case_of(const struct gbcs_message *msg,
					     size_t len, const char **ret_why)
{
	const struct gbcs_use_case *row = gbcs_use_case_find(msg->code);
	const char *why = "no use case has this message code";

	for (; row && row->code == msg->code; row = gbcs_use_case_next(row)) {
		if (!fits(row, msg)) {
			why = "not a message, encoding or protection of its "
			      "use case";
		} else if (len > row->max_len) {
			why = "longer than any message of its use case";
		} else {
			return row;
		}
	}
	if (ret_why)
		*ret_why = why;
	return NULL;
}

bool gbcs_use_case_allows(const struct gbcs_use_case *row, int role)
{
	if (role == GBCS_ROLE_DEVICE)
		return row->roles & GBCS_UC_ROLE_DEVICE;
	if (role == GBCS_ROLE_OTHER)
		return row->roles & GBCS_UC_ROLE_OTHER;
	return role >= 0 && role <= GBCS_ROLE_LOAD_CONTROLLER &&
	       row->roles & 1u << role;
}
