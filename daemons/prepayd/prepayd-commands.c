// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an account is asked to do, each in one transaction. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/util.h"
#include "prepayd-work.h"

int prepayd_ask(struct prepayd_service *service,
		struct prepayd_account *account, int64_t now_us,
		enum prepay_event event)
{
	struct work work;
	int r = work_begin(&work, service, account, now_us);

	if (!r)
		r = prepay_ask(&work.next.p, &work.next.settings, event,
			       &work.alerts);
	work.must = true;
	return work_end(&work, r);
}

int prepayd_set_debt(struct prepayd_service *service,
		     struct prepayd_account *account, int64_t now_us,
		     enum prepay_debt debt, int64_t mp)
{
	struct work work;
	int r = work_begin(&work, service, account, now_us);

	if (!r)
		r = prepay_set_debt(&work.next.p, &work.next.settings, debt, mp,
				    &work.alerts);
	work.must = true;
	return work_end(&work, r);
}

int prepayd_adjust_debt(struct prepayd_service *service,
			struct prepayd_account *account, int64_t now_us,
			enum prepay_debt debt, int64_t by_mp)
{
	struct work work;
	int r = work_begin(&work, service, account, now_us);

	if (!r)
		r = prepay_adjust_debt(&work.next.p, &work.next.settings, debt,
				       by_mp, &work.alerts);
	work.must = true;
	return work_end(&work, r);
}

int prepayd_clear_debts(struct prepayd_service *service,
			struct prepayd_account *account, int64_t now_us)
{
	struct work work;
	int r = work_begin(&work, service, account, now_us);

	if (!r)
		r = prepay_clear_debts(&work.next.p, &work.next.settings,
				       &work.alerts);
	work.must = true;
	return work_end(&work, r);
}

int prepayd_adjust_balance(struct prepayd_service *service,
			   struct prepayd_account *account, int64_t now_us,
			   int64_t by_mp)
{
	struct work work;
	int r = work_begin(&work, service, account, now_us);

	if (!r)
		r = prepay_adjust_balance(&work.next.p, &work.next.settings,
					  by_mp, &work.alerts);
	work.must = true;
	return work_end(&work, r);
}

int prepayd_set_settings(struct prepayd_service *service,
			 struct prepayd_account *account, int64_t now_us,
			 const struct prepay_settings *settings)
{
	struct work work;
	int r = prepay_settings_check(settings, NULL);

	if (r)
		return r;
	r = work_begin(&work, service, account, now_us);
	work.next.settings = *settings;
	if (!r)
		r = prepay_look(&work.next.p, settings, work.next.p.now_s,
				&work.alerts);
	work.cold = true;
	return work_end(&work, r);
}

static int change_supplier(struct work *work, uint64_t supplier, uint32_t floor)
{
	struct store *store = work->service->store;
	struct prepayd_account *next = &work->next;
	bool other = supplier != next->supplier;
	uint32_t highest;
	int r;

	if (other && next->supplier) {
		r = rows_save_supplier(store, next);
		if (r)
			return r;
	}
	r = rows_supplier(store, next->meter, supplier, &highest);
	if (r)
		return r;
	/* What it had taken here before is not taken again (P-8). */
	if (floor < highest)
		return -ERANGE;
	next->supplier = supplier;
	return prepay_token_floor(&next->p, &next->settings, floor, other);
}

int prepayd_set_supplier(struct prepayd_service *service,
			 struct prepayd_account *account, int64_t now_us,
			 uint64_t supplier, uint64_t floor_counter)
{
	struct work work;
	int r;

	if (!supplier || floor_counter & UINT32_MAX)
		return -EINVAL;
	r = work_begin(&work, service, account, now_us);
	if (!r)
		r = change_supplier(&work, supplier,
				    (uint32_t)(floor_counter >> 32));
	work.cold = true;
	return work_end(&work, r);
}

/* --- top-ups */

/* Alerts of GBCS for what the account itself refuses. */
static const uint16_t refusal_code[PREPAY_TOKEN_RESULTS] = {
	[PREPAY_TOKEN_LOCKED] = 0x81c5,
	[PREPAY_TOKEN_DUPLICATE] = 0x8f51,
	[PREPAY_TOKEN_TOO_LARGE] = 0x8f5b,
	[PREPAY_TOKEN_BALANCE] = 0x8f47,
};

static int refuse(struct work *work, uint16_t code, const char *text,
		  bool local, struct prepayd_receipt *receipt)
{
	snprintf(receipt->text, sizeof(receipt->text), "%s", text);
	work->must = true;
	return record_refusal(work->service->store, &work->next, code, text,
			      local);
}

static int accept(struct work *work, const struct prepayd_token *token,
		  bool local, struct prepayd_receipt *receipt)
{
	struct prepayd_top_up_record record = {
		.at_us = work->next.p.now_s * (int64_t)USEC_PER_SEC,
		.value_mp = token->value_mp,
		.balance_mp = work->next.p.balance_mp,
		.counter = token->counter,
		.local = local,
	};
	struct store *store = work->service->store;
	int r;

	r = rows_add_top_up(store, work->next.meter, &record);
	if (!r)
		r = record_top_up(store, &work->next, &record);
	receipt->accepted = true;
	receipt->credited_mp = token->value_mp;
	work->must = true;
	return r;
}

static int credit(struct work *work, const struct prepayd_token *token,
		  bool local, struct prepayd_receipt *receipt)
{
	struct prepay_token authentic = {
		.counter = token->counter,
		.value_mp = token->value_mp,
		.local = local,
	};
	enum prepay_token_result result;
	int r;

	r = prepay_top_up(&work->next.p, &work->next.settings, &authentic,
			  &work->alerts, &result);
	if (r)
		return r;
	if (result != PREPAY_TOKEN_OK)
		return refuse(work, refusal_code[result],
			      prepay_token_text(result), local, receipt);
	snprintf(receipt->text, sizeof(receipt->text), "%s",
		 prepay_token_text(result));
	return accept(work, token, local, receipt);
}

static int judge(struct work *work, const struct prepayd_token *token,
		 bool local, struct prepayd_receipt *receipt)
{
	int r;

	switch (token->verdict) {
	case PREPAYD_AUTHENTIC:
		return credit(work, token, local, receipt);
	case PREPAYD_WRONG:
		if (local) {
			r = prepay_wrong_entry(&work->next.p,
					       &work->next.settings,
					       &work->alerts);
			if (r)
				return r;
		}
		return refuse(work, token->code, token->text, local, receipt);
	case PREPAYD_REPLAYED:
		return refuse(work, token->code, token->text, local, receipt);
	default:
		/* Nothing that anybody could use: no record, no count. */
		snprintf(receipt->text, sizeof(receipt->text), "%s",
			 token->text);
		return 0;
	}
}

static int top_up(struct work *work, const char *utrn, bool local,
		  struct prepayd_receipt *receipt)
{
	const struct prepayd_checker *checker = &work->service->checker;
	struct prepayd_token token = { 0 };
	int r;

	/* Before any arithmetic: a lockout is also for the meter's sake. */
	if (local && prepay_locked(&work->next.p))
		return refuse(work, refusal_code[PREPAY_TOKEN_LOCKED],
			      prepay_token_text(PREPAY_TOKEN_LOCKED), local,
			      receipt);
	r = checker->check(checker->userdata, work->next.meter,
			   work->next.supplier, &work->next.p, utrn, &token);
	if (r)
		return r;
	/* A token of no value is a token, but credits nothing. */
	if (token.verdict == PREPAYD_AUTHENTIC && token.value_mp <= 0) {
		token.verdict = PREPAYD_NOT_TYPED;
		snprintf(token.text, sizeof(token.text), "a token of no value");
	}
	return judge(work, &token, local, receipt);
}

int prepayd_top_up(struct prepayd_service *service,
		   struct prepayd_account *account, int64_t now_us,
		   const char *utrn, bool local, struct prepayd_receipt *ret)
{
	struct prepayd_receipt receipt = { 0 };
	struct work work;
	int r = work_begin(&work, service, account, now_us);

	if (!r)
		r = top_up(&work, utrn, local, &receipt);
	receipt.balance_mp = work.next.p.balance_mp;
	r = work_end(&work, r);
	if (!r)
		*ret = receipt;
	return r;
}
