// SPDX-License-Identifier: MIT
#include "scaled.h"

/* Bits of a normalised mantissa: room for a sign, and one bit for rounding. */
#define SCALED_BITS 62

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
}

static int64_t with_sign(uint64_t value, int64_t sign)
{
	return sign < 0 ? -(int64_t)value : (int64_t)value;
}

int64_t mul_shr(int64_t value, uint32_t factor, unsigned int shift)
{
	uint64_t v = magnitude(value);
	uint64_t high = (v >> 32) * factor;
	uint64_t low = (v & 0xffffffffu) * factor;

	return with_sign((high << (32 - shift)) + (low >> shift), value);
}

uint32_t isqrt64(uint64_t value)
{
	uint64_t root = 0;
	uint64_t bit = (uint64_t)1 << 62;

	while (bit > value)
		bit >>= 2;
	while (bit) {
		if (value >= root + bit) {
			value -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
		bit >>= 2;
	}
	return (uint32_t)root;
}

static struct scaled normalise(uint64_t mant, int exp, int64_t sign)
{
	struct scaled out = { 0, 0 };
	int shift;

	if (!mant)
		return out;
	shift = __builtin_clzll(mant) - (64 - SCALED_BITS);
	mant = shift >= 0 ? mant << shift : mant >> -shift;
	out.mant = with_sign(mant, sign);
	out.exp = (int16_t)(exp - shift);
	return out;
}

struct scaled scaled_of(int64_t value)
{
	return normalise(magnitude(value), 0, value);
}

struct scale scale_of(struct scaled a)
{
	struct scale out = { 0, 0 };

	if (a.mant <= 0)
		return out;
	/* 62 bits to 32; rounding up may carry into a 33rd. */
	a.mant += INT64_C(1) << 29;
	if (a.mant >> SCALED_BITS) {
		a.mant >>= 1;
		a.exp++;
	}
	out.mant = (uint32_t)(a.mant >> 30);
	out.exp = (int16_t)(a.exp + 30);
	return out;
}

struct scaled scaled_mul(struct scaled a, struct scale factor)
{
	int64_t mant = mul_shr(a.mant, factor.mant, 32);

	return normalise(magnitude(mant), a.exp + factor.exp + 32, mant);
}

struct scaled scaled_div(struct scaled a, uint32_t divisor)
{
	uint64_t mant = magnitude(a.mant);
	uint64_t high = mant / divisor;
	uint64_t rest = mant % divisor;

	/* 30 more bits of quotient; rest < 2^32, so nothing is cut off. */
	if (high >> 32)
		return normalise(high, a.exp, a.mant);
	return normalise((high << 30) + (rest << 30) / divisor, a.exp - 30,
			 a.mant);
}

struct scaled scaled_sqrt(struct scaled a)
{
	uint64_t mant;
	int exp = a.exp;

	if (a.mant <= 0)
		return scaled_of(0);
	mant = (uint64_t)a.mant;
	if (exp & 1) {
		mant <<= 1;
		exp--;
	}
	return normalise(isqrt64(mant), exp / 2, 1);
}

int64_t scaled_round(struct scaled a, int shift)
{
	int exp = a.exp + shift;
	uint64_t mant = magnitude(a.mant);

	if (exp >= 2)
		return a.mant < 0 ? INT64_MIN : a.mant ? INT64_MAX : 0;
	if (exp >= 0)
		mant <<= exp;
	else if (exp <= -64)
		mant = 0;
	else
		mant = ((mant >> (-exp - 1)) + 1) >> 1;
	return with_sign(mant, a.mant);
}
