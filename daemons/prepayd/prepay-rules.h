/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the prepayment rules share. */
#ifndef HEARTH_PREPAY_RULES_H
#define HEARTH_PREPAY_RULES_H

#include "prepay.h"

/* Settings and state in order? 0 or -EINVAL. */
int prepay_ready(const struct prepay *p,
		 const struct prepay_settings *settings);
/* *next becomes *p if its registers are in bounds; else -ERANGE. */
int prepay_commit(struct prepay *p, const struct prepay *next,
		  struct prepay_alerts *alerts,
		  const struct prepay_alerts *more);

void prepay_alert(struct prepay_alerts *alerts, const struct prepay *p,
		  enum prepay_alert_kind kind, int64_t at_s);
/* Take a charge, or a credit that is no payment, where P-4 says. */
void prepay_charge(struct prepay *p, int64_t mp);
void prepay_credit(struct prepay *p, int64_t mp);
/* To the state that registers and calendar ask for at now_s. */
void prepay_evaluate(struct prepay *p, const struct prepay_settings *settings,
		     struct prepay_alerts *alerts);
/* Weeks begin on Monday 00:00 UTC. */
int64_t prepay_week(int64_t at_s);

#endif /* HEARTH_PREPAY_RULES_H */
