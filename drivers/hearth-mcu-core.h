/* SPDX-License-Identifier: GPL-2.0 */
/* The meter MCU on its serial port; private to the core driver. */
#ifndef HEARTH_MCU_CORE_H
#define HEARTH_MCU_CORE_H

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "hearth-mcu.h"
#include "hearth-mcu-link.h"
#include "hearth-mcu-say.h"

struct serdev_device;
struct platform_device;

/**
 * struct hearth_mcu - the meter MCU as the hub sees it
 * @link: the conversation with it
 * @serdev: the wire
 * @session: tells the MCU that this driver started anew
 * @id_lock: protects @id, @identified
 * @id: its last answer to IDENTITY
 * @identified: @id holds one
 * @identify: asks for IDENTITY until there is an answer
 * @identify_delay_ms: before the next try
 * @metrology: child device; made once by @identify
 * @lock: protects what follows; taken in the receive path
 * @live_fn: takes LIVE, with @live_context
 * @live_context: of the child
 * @event: the event to be dealt with, if @event_pending
 * @event_pending: the MCU sends the next only after this one's acknowledgment
 * @uptime_ms: of the last LIVE; one that goes back is a restart
 * @live_seq: of the last LIVE
 * @live_seen: there was one since the MCU's start
 * @last_rx: when the last good frame came, in boot time
 * @gone: the driver is not ready yet or leaves; nothing new is to be started
 * @event_work: deals with @event and acknowledges it
 * @event_done: sequence number of the last event dealt with
 * @watch: says when the MCU falls silent and when it is back
 * @up: frames come; written by @watch only
 * @silence: that it is silent
 * @silence_told: it was said, and not yet that it is back
 * @noise: that frames come damaged
 * @noise_told: damaged frames when that was last said
 * @events: events dealt with, each once
 * @live_missed: LIVE messages lost on the way
 */
struct hearth_mcu {
	struct hearth_link link;
	struct serdev_device *serdev;
	u32 session;

	struct mutex id_lock; /* identify writes, sysfs reads */
	struct hearth_mcu_identity_rep id;
	bool identified;
	struct delayed_work identify;
	unsigned int identify_delay_ms;
	struct platform_device *metrology;

	spinlock_t lock; /* receive path, works, children */
	hearth_mcu_live_fn live_fn;
	void *live_context;
	struct hearth_mcu_event event;
	bool event_pending;
	u64 uptime_ms;
	u32 live_seq;
	bool live_seen;
	ktime_t last_rx;
	bool gone;

	struct work_struct event_work;
	u32 event_done;

	struct delayed_work watch;
	bool up;
	struct hearth_say silence;
	bool silence_told;
	struct hearth_say noise;
	unsigned int noise_told;

	atomic_t events;
	atomic_t live_missed;
};

static inline struct hearth_mcu *link_to_mcu(struct hearth_link *link)
{
	return container_of(link, struct hearth_mcu, link);
}

extern const struct attribute_group *hearth_mcu_groups[];

#endif /* HEARTH_MCU_CORE_H */
