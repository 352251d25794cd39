// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gas-energy.h"

#include <errno.h>
#include <stdbool.h>

/* What a register of the tariff engine holds. */
#define WH_MAX INT64_C(1000000000000000)
#define CV_MAX 9999
#define FACTOR_MAX 199999

static bool volume_valid(int64_t volume_dm3)
{
	return volume_dm3 >= 0 && volume_dm3 <= GAS_VOLUME_MAX;
}

static bool values_valid(uint32_t cv_10kj, uint32_t factor_1e5)
{
	return cv_10kj >= 1 && cv_10kj <= CV_MAX && factor_1e5 >= 1 &&
	       factor_1e5 <= FACTOR_MAX;
}

int gas_begin(struct gas_energy *ret, int64_t volume_dm3)
{
	if (!volume_valid(volume_dm3))
		return -EINVAL;
	*ret = (struct gas_energy){
		.upto_dm3 = volume_dm3,
		.cv_10kj = GAS_CV_DEFAULT,
		.factor_1e5 = GAS_FACTOR_DEFAULT,
	};
	return 0;
}

int gas_check(const struct gas_energy *g)
{
	return volume_valid(g->upto_dm3) && g->wh >= 0 && g->wh <= WH_MAX &&
			       g->rest >= 0 && g->rest < GAS_PARTS_A_WH &&
			       values_valid(g->cv_10kj, g->factor_1e5) ?
		       0 :
		       -EINVAL;
}

int gas_advance(struct gas_energy *g, int64_t volume_dm3)
{
	int64_t parts_a_dm3 = (int64_t)g->cv_10kj * g->factor_1e5;
	int64_t wh_a_dm3 = parts_a_dm3 / GAS_PARTS_A_WH;
	int64_t over = parts_a_dm3 % GAS_PARTS_A_WH;
	int64_t dm3, parts, wh;

	if (!volume_valid(volume_dm3) || volume_dm3 < g->upto_dm3)
		return -EINVAL;
	dm3 = volume_dm3 - g->upto_dm3;
	/* All parts would not fit: whole Wh apart from what is over. */
	wh = dm3 * wh_a_dm3 + dm3 / GAS_PARTS_A_WH * over;
	parts = dm3 % GAS_PARTS_A_WH * over + g->rest;
	wh += parts / GAS_PARTS_A_WH;
	if (wh > WH_MAX - g->wh)
		return -EOVERFLOW;
	g->wh += wh;
	g->rest = parts % GAS_PARTS_A_WH;
	g->upto_dm3 = volume_dm3;
	return 0;
}

int gas_new_meter(struct gas_energy *g, int64_t volume_dm3)
{
	if (!volume_valid(volume_dm3))
		return -EINVAL;
	g->upto_dm3 = volume_dm3;
	return 0;
}

int gas_set_values(struct gas_energy *g, uint32_t cv_10kj, uint32_t factor_1e5)
{
	if (!values_valid(cv_10kj, factor_1e5))
		return -EINVAL;
	g->cv_10kj = cv_10kj;
	g->factor_1e5 = factor_1e5;
	return 0;
}
