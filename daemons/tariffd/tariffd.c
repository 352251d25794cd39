// SPDX-License-Identifier: LGPL-2.1-or-later
/* From registers to cost; see tariffd(8). */
#include "tariffd.h"

#include <errno.h>
#include <string.h>

#define CYCLE_US (10 * USEC_PER_SEC)
/* After the readings that make a boundary's latch. */
#define CYCLE_OFFSET_US (3 * USEC_PER_SEC)
/* How long a storaged that does not answer is waited for before a gap that it
 * might have is passed by estimate.
 */
#define STORED_WAIT_US (600 * USEC_PER_SEC)

static struct tariffd_reading readings[TARIFFD_METERS][TARIFFD_READINGS];

static int64_t next_boundary(const struct tariffd_meter *meter)
{
	return (meter->stored.first.upto_s / CIVIL_SLOT_S + 1) * CIVIL_SLOT_S;
}

/* Older latches, that metrologyd no longer has. Returns whether there may be
 * more of them.
 */
static bool gather_stored(struct tariffd *tariffd,
			  const struct tariffd_meter *meter, uint64_t utc_us,
			  struct tariffd_input *input)
{
	struct tariffd_reading *reading = readings[meter->index];
	static struct tariffd_reading newer[TARIFFD_READINGS];
	size_t n_newer = input->n, n = 0;
	int r;

	memcpy(newer, reading, n_newer * sizeof(*newer));
	r = tariffd_get_stored(tariffd->daemon->bus, meter,
			       meter->stored.first.upto_s, reading,
			       TARIFFD_READINGS);
	if (r < 0) {
		memcpy(reading, newer, n_newer * sizeof(*newer));
		input->wait = utc_us - tariffd->started_us < STORED_WAIT_US;
		if (input->wait)
			input->n = 0;
		return false;
	}
	while (n < (size_t)r && (!n_newer || reading[n].at_s < newer[0].at_s))
		n++;
	input->n = n;
	if (n == TARIFFD_READINGS) {
		input->wait = true;
		return true;
	}
	for (size_t k = 0; k < n_newer && n < TARIFFD_READINGS; k++)
		reading[n++] = newer[k];
	input->n = n;
	return false;
}

static bool gather(struct tariffd *tariffd, const struct tariffd_meter *meter,
		   uint64_t utc_us, struct tariffd_input *input)
{
	sd_bus *bus = tariffd->daemon->bus;
	struct tariffd_reading *reading = readings[meter->index];
	int64_t after_s = meter->stored.first.upto_s, next_s, now_s;
	int n;

	memset(input, 0, sizeof(*input));
	input->latch = reading;
	if (!tariffd_get_present(bus, meter, &input->now))
		input->now.at_s = 0;
	if (!meter->stored.begun)
		return false;
	n = tariffd_get_latches(bus, meter, after_s, reading, TARIFFD_READINGS);
	input->n = n < 0 ? 0 : (size_t)n;
	next_s = next_boundary(meter);
	/* Without a meter there may still be what storaged has of before. */
	now_s = input->now.at_s ? input->now.at_s :
				  (int64_t)(utc_us / USEC_PER_SEC);
	if (input->n ? reading[0].at_s <= next_s :
		       now_s < next_s + TARIFFD_LATE_S)
		return false;
	return gather_stored(tariffd, meter, utc_us, input);
}

static int on_cycle(uint64_t utc_us, void *userdata)
{
	struct tariffd *tariffd = userdata;
	struct daemon *daemon = tariffd->daemon;
	struct tariffd_input input[TARIFFD_METERS];
	int64_t upto_s[TARIFFD_METERS];
	bool more;
	int r;

	if (!tariffd->started_us || tariffd->started_us > utc_us)
		tariffd->started_us = utc_us;
	/* Once would do but for months of readings after a long time. */
	do {
		unsigned int more_of = 0;

		for (unsigned int n = 0; n < TARIFFD_METERS; n++) {
			upto_s[n] =
				tariffd->service.meter[n].stored.first.upto_s;
			if (gather(tariffd, &tariffd->service.meter[n], utc_us,
				   &input[n]))
				more_of |= 1U << n;
		}
		r = tariffd_step(&tariffd->service, input);
		more = false;
		for (unsigned int n = 0; n < TARIFFD_METERS; n++)
			more |= more_of >> n & 1 &&
				upto_s[n] < tariffd->service.meter[n]
						    .stored.first.upto_s;
	} while (more && !r);
	tariffd_bus_changed(tariffd);
	if (r < 0)
		return daemon_store_failed(daemon, r);
	r = outbox_flush(daemon->store, daemon->bus, daemon->ops->name);
	/* It will be there sooner or later, and the records wait. */
	return r < 0 && r != -EHOSTUNREACH ? r : 0;
}

static int start(struct daemon *daemon)
{
	struct tariffd *tariffd = daemon->userdata;
	int r;

	tariffd->daemon = daemon;
	r = tariffd_load(&tariffd->service, daemon->store, daemon->found,
			 clock_utc_us(daemon->clock));
	if (r < 0) {
		log_error("cannot load the tariffs: %s", store_error_text(r));
		return r;
	}
	r = tariffd_bus_add(tariffd);
	if (r < 0)
		return r;
	return clock_every(daemon->clock, CYCLE_US, CYCLE_OFFSET_US, on_cycle,
			   tariffd);
}

static void stop(struct daemon *daemon)
{
	(void)daemon;
}

int main(int argc, char **argv)
{
	static struct tariffd tariffd;
	static const struct daemon_ops ops = {
		.name = "tariffd",
		.bus_name = "uk.hearth.Tariff1",
		.summary = "Say what the meters' energy costs, as "
			   "uk.hearth.Tariff1.",
		.migrations = tariffd_migrations,
		.n_migrations = TARIFFD_MIGRATIONS,
		.start = start,
		.stop = stop,
	};

	return daemon_main(argc, argv, &ops, &tariffd);
}
