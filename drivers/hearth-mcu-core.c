// SPDX-License-Identifier: GPL-2.0
/*
 * The meter MCU on a UART: finds out what it is, makes devices of what it can
 * do, passes on what it measures, and says once when it falls silent.
 *
 * The MCU may start later than this driver, stop, restart or be replaced at any
 * time; the devices made of it stay. Three works run: identify (until
 * IDENTITY is answered, and anew after each restart of the MCU), event_work
 * (events are acknowledged there, because a write may sleep), and watch
 * (once a second).
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/random.h>
#include <linux/serdev.h>
#include <linux/slab.h>

#include "hearth-mcu-core.h"

#define HEARTH_MCU_BAUD 115200
#define HEARTH_MCU_WRITE_MS 500
#define HEARTH_MCU_WATCH_MS 1000
#define HEARTH_MCU_IDENTIFY_MAX_MS 10000

/* --- what comes in: all of it in the receive path, nothing sleeps */

static void hearth_mcu_identify_again(struct hearth_mcu *mcu)
{
	lockdep_assert_held(&mcu->lock);
	if (!mcu->gone)
		mod_delayed_work(system_wq, &mcu->identify, 0);
}

static void hearth_mcu_live(struct hearth_link *link,
			    const struct hearth_mcu_live *live)
{
	struct hearth_mcu *mcu = link_to_mcu(link);
	u64 uptime_ms = le64_to_cpu(live->uptime_ms);
	u32 seq = le32_to_cpu(live->live_seq);

	spin_lock(&mcu->lock);
	if (mcu->live_seen && uptime_ms < mcu->uptime_ms)
		hearth_mcu_identify_again(mcu);
	else if (mcu->live_seen && seq - mcu->live_seq - 1 < 86400)
		atomic_add(seq - mcu->live_seq - 1, &mcu->live_missed);
	mcu->live_seen = true;
	mcu->uptime_ms = uptime_ms;
	mcu->live_seq = seq;
	if (mcu->live_fn)
		mcu->live_fn(mcu->live_context, live);
	spin_unlock(&mcu->lock);
}

static void hearth_mcu_event(struct hearth_link *link,
			     const struct hearth_mcu_event *event)
{
	struct hearth_mcu *mcu = link_to_mcu(link);

	spin_lock(&mcu->lock);
	if (!mcu->event_pending && !mcu->gone) {
		mcu->event = *event;
		mcu->event_pending = true;
		schedule_work(&mcu->event_work);
	}
	spin_unlock(&mcu->lock);
}

static size_t hearth_mcu_receive_buf(struct serdev_device *serdev,
				     const u8 *data, size_t len)
{
	struct hearth_mcu *mcu = serdev_device_get_drvdata(serdev);
	unsigned int before = hearth_link_count(&mcu->link,
						HEARTH_LINK_RX_FRAMES);

	hearth_link_receive(&mcu->link, data, len);
	if (hearth_link_count(&mcu->link, HEARTH_LINK_RX_FRAMES) == before)
		return len;

	spin_lock(&mcu->lock);
	mcu->last_rx = ktime_get_boottime();
	if (!READ_ONCE(mcu->up) && !mcu->gone)
		mod_delayed_work(system_wq, &mcu->watch, 0);
	spin_unlock(&mcu->lock);
	return len;
}

static int hearth_mcu_write(struct hearth_link *link, const u8 *wire,
			    size_t len)
{
	struct hearth_mcu *mcu = link_to_mcu(link);
	ssize_t ret;

	ret = serdev_device_write(mcu->serdev, wire, len,
				  msecs_to_jiffies(HEARTH_MCU_WRITE_MS));
	if (ret < 0)
		return ret;
	/* Half a frame is none: the next one starts with a delimiter. */
	return ret == len ? 0 : -ETIMEDOUT;
}

static const struct hearth_link_ops hearth_mcu_link_ops = {
	.write = hearth_mcu_write,
	.live = hearth_mcu_live,
	.event = hearth_mcu_event,
};

static const struct serdev_device_ops hearth_mcu_serdev_ops = {
	.receive_buf = hearth_mcu_receive_buf,
	.write_wakeup = serdev_device_write_wakeup,
};

/* --- the works */

static void hearth_mcu_event_work(struct work_struct *work)
{
	struct hearth_mcu *mcu = container_of(work, struct hearth_mcu,
					      event_work);
	struct device *dev = &mcu->serdev->dev;
	u32 seq = le32_to_cpu(mcu->event.event_seq);
	u32 arg = le32_to_cpu(mcu->event.arg);

	/* mcu->event is ours until event_pending is false again. */
	if (seq != mcu->event_done) {
		switch (le16_to_cpu(mcu->event.code)) {
		case HEARTH_MCU_EVENT_BOOT:
			dev_info_ratelimited(dev, "meter MCU started, boot %u\n",
					     le32_to_cpu(mcu->event.boot_count));
			spin_lock(&mcu->lock);
			hearth_mcu_identify_again(mcu);
			spin_unlock(&mcu->lock);
			break;
		case HEARTH_MCU_EVENT_SAMPLES_LOST:
			dev_warn_ratelimited(dev, "%u sample sets not measured\n",
					     arg);
			break;
		case HEARTH_MCU_EVENT_STORE_FAULT:
			dev_err_ratelimited(dev, "energy registers not stored (%u failed writes): the MCU's flash may be worn out\n",
					    arg);
			break;
		case HEARTH_MCU_EVENT_EVENTS_LOST:
			dev_warn_ratelimited(dev, "%u events lost in the MCU\n",
					     arg);
			break;
		default:
			dev_info_ratelimited(dev, "unknown event %u\n",
					     le16_to_cpu(mcu->event.code));
			break;
		}
		atomic_inc(&mcu->events);
		mcu->event_done = seq;
	}
	/* If this fails the MCU repeats the event, and we the answer. */
	hearth_link_ack_event(&mcu->link, mcu->event.event_seq);

	spin_lock(&mcu->lock);
	mcu->event_pending = false;
	spin_unlock(&mcu->lock);
}

static void hearth_mcu_make_children(struct hearth_mcu *mcu)
{
	struct device *dev = &mcu->serdev->dev;
	struct platform_device_info info = {
		.parent = dev,
		.name = "hearth-metrology",
		.id = PLATFORM_DEVID_AUTO,
	};
	struct platform_device *child;

	if (!(le32_to_cpu(mcu->id.features) & HEARTH_MCU_FEATURE_METROLOGY) ||
	    mcu->metrology)
		return;
	child = platform_device_register_full(&info);
	if (IS_ERR(child))
		dev_err(dev, "no metrology device: %pe\n", child);
	else
		mcu->metrology = child;
}

static void hearth_mcu_identify_work(struct work_struct *work)
{
	struct hearth_mcu *mcu = container_of(work, struct hearth_mcu,
					      identify.work);
	struct hearth_mcu_identity_req req = {
		.session = cpu_to_le32(mcu->session),
	};
	struct device *dev = &mcu->serdev->dev;
	struct hearth_mcu_identity_rep id;
	bool same;
	int ret;

	ret = hearth_link_request(&mcu->link, HEARTH_MCU_IDENTITY, &req,
				  sizeof(req), &id, sizeof(id));
	if (ret) {
		/* It may be off, or not there yet; watch tells the user. */
		mcu->identify_delay_ms = min(2 * mcu->identify_delay_ms,
					     HEARTH_MCU_IDENTIFY_MAX_MS);
		spin_lock(&mcu->lock);
		if (!mcu->gone)
			schedule_delayed_work(&mcu->identify,
					      msecs_to_jiffies(mcu->identify_delay_ms));
		spin_unlock(&mcu->lock);
		return;
	}
	mcu->identify_delay_ms = 500;

	mutex_lock(&mcu->id_lock);
	same = mcu->identified && !memcmp(mcu->id.serial, id.serial,
					  sizeof(id.serial)) &&
	       mcu->id.firmware_version == id.firmware_version;
	mcu->id = id;
	mcu->identified = true;
	mutex_unlock(&mcu->id_lock);

	if (!same)
		dev_info(dev, "meter MCU %8phN, firmware %u.%u.%u\n", id.serial,
			 le32_to_cpu(id.firmware_version) >> 16,
			 le32_to_cpu(id.firmware_version) >> 8 & 0xff,
			 le32_to_cpu(id.firmware_version) & 0xff);
	if (le16_to_cpu(id.proto_version) != HEARTH_MCU_PROTO_VERSION) {
		if (!same)
			dev_err(dev, "it speaks version %u of the link, this driver %u: update the older of the two\n",
				le16_to_cpu(id.proto_version),
				HEARTH_MCU_PROTO_VERSION);
		return;
	}
	hearth_mcu_make_children(mcu);
}

static s64 hearth_mcu_now_ms(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

static void hearth_mcu_watch_noise(struct hearth_mcu *mcu)
{
	struct hearth_link *link = &mcu->link;
	unsigned int bad = hearth_link_count(link, HEARTH_LINK_RX_BAD_CRC) +
			   hearth_link_count(link, HEARTH_LINK_RX_MALFORMED) +
			   hearth_link_count(link, HEARTH_LINK_RX_OVERSIZE);

	/* One is usual: the first frame after the port was opened is cut. */
	if (bad - mcu->noise_told < 2 ||
	    !hearth_say_due(&mcu->noise, hearth_mcu_now_ms()))
		return;
	dev_warn(&mcu->serdev->dev, "%u damaged frames from the meter MCU: check the wires and the baud rate\n",
		 bad - mcu->noise_told);
	mcu->noise_told = bad;
}

static void hearth_mcu_watch_work(struct work_struct *work)
{
	struct hearth_mcu *mcu = container_of(work, struct hearth_mcu,
					      watch.work);
	struct device *dev = &mcu->serdev->dev;
	bool silent, up;

	spin_lock(&mcu->lock);
	/* Until the first frame, last_rx is when the wait for it began. */
	silent = ktime_ms_delta(ktime_get_boottime(), mcu->last_rx) >=
		 HEARTH_MCU_STALE_MS;
	up = !silent && hearth_link_count(&mcu->link, HEARTH_LINK_RX_FRAMES);
	WRITE_ONCE(mcu->up, up);
	if (!mcu->gone)
		schedule_delayed_work(&mcu->watch,
				      msecs_to_jiffies(HEARTH_MCU_WATCH_MS));
	spin_unlock(&mcu->lock);

	if (silent && !mcu->silence_told &&
	    hearth_say_due(&mcu->silence, hearth_mcu_now_ms())) {
		dev_warn(dev, "no frame from the meter MCU for %u s: check its power and the UART's wires\n",
			 HEARTH_MCU_STALE_MS / 1000);
		mcu->silence_told = true;
	} else if (up && mcu->silence_told) {
		dev_info(dev, "meter MCU is back\n");
		mcu->silence_told = false;
	}
	hearth_mcu_watch_noise(mcu);
}

/* --- for the children */

/**
 * hearth_mcu_set_live - take the LIVE messages, or no longer
 * @dev: the MCU's device, the child's parent
 * @fn: called for each; NULL: none any more. When this returns with NULL the
 *	old one does not run and will not be called again
 * @context: for @fn
 */
void hearth_mcu_set_live(struct device *dev, hearth_mcu_live_fn fn,
			 void *context)
{
	struct hearth_mcu *mcu = dev_get_drvdata(dev);

	spin_lock(&mcu->lock);
	mcu->live_fn = fn;
	mcu->live_context = context;
	spin_unlock(&mcu->lock);
}
EXPORT_SYMBOL_NS_GPL(hearth_mcu_set_live, HEARTH_MCU);

/* --- coming and going */

static void hearth_mcu_start(struct hearth_mcu *mcu)
{
	spin_lock(&mcu->lock);
	mcu->gone = false;
	mcu->last_rx = ktime_get_boottime();
	schedule_delayed_work(&mcu->identify, 0);
	schedule_delayed_work(&mcu->watch, 0);
	spin_unlock(&mcu->lock);
}

static void hearth_mcu_stop(struct hearth_mcu *mcu)
{
	spin_lock(&mcu->lock);
	mcu->gone = true;
	spin_unlock(&mcu->lock);
	cancel_delayed_work_sync(&mcu->identify);
	cancel_delayed_work_sync(&mcu->watch);
	cancel_work_sync(&mcu->event_work);
	/* An event whose work was cancelled comes again. */
	mcu->event_pending = false;
}

static int hearth_mcu_probe(struct serdev_device *serdev)
{
	struct device *dev = &serdev->dev;
	struct hearth_mcu *mcu;
	u32 baud = HEARTH_MCU_BAUD;
	int ret;

	mcu = devm_kzalloc(dev, sizeof(*mcu), GFP_KERNEL);
	if (!mcu)
		return -ENOMEM;
	mcu->serdev = serdev;
	mcu->session = get_random_u32();
	mcu->identify_delay_ms = 500;
	mutex_init(&mcu->id_lock);
	spin_lock_init(&mcu->lock);
	INIT_DELAYED_WORK(&mcu->identify, hearth_mcu_identify_work);
	INIT_DELAYED_WORK(&mcu->watch, hearth_mcu_watch_work);
	INIT_WORK(&mcu->event_work, hearth_mcu_event_work);
	hearth_link_init(&mcu->link, &hearth_mcu_link_ops);
	/*
	 * Bytes may come as soon as the UART is open; until hearth_mcu_start()
	 * they start no work that a failure from here on would leave behind.
	 */
	mcu->gone = true;
	serdev_device_set_drvdata(serdev, mcu);
	serdev_device_set_client_ops(serdev, &hearth_mcu_serdev_ops);

	ret = serdev_device_open(serdev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot open the UART\n");
	device_property_read_u32(dev, "current-speed", &baud);
	serdev_device_set_baudrate(serdev, baud);
	serdev_device_set_flow_control(serdev, false);
	ret = serdev_device_set_parity(serdev, SERDEV_PARITY_NONE);
	if (ret) {
		serdev_device_close(serdev);
		return dev_err_probe(dev, ret, "cannot set up the UART\n");
	}
	hearth_mcu_start(mcu);
	return 0;
}

static void hearth_mcu_remove(struct serdev_device *serdev)
{
	struct hearth_mcu *mcu = serdev_device_get_drvdata(serdev);

	hearth_mcu_stop(mcu);
	platform_device_unregister(mcu->metrology);
	serdev_device_close(serdev);
}

static int hearth_mcu_suspend(struct device *dev)
{
	hearth_mcu_stop(dev_get_drvdata(dev));
	return 0;
}

static int hearth_mcu_resume(struct device *dev)
{
	hearth_mcu_start(dev_get_drvdata(dev));
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(hearth_mcu_pm_ops, hearth_mcu_suspend,
				hearth_mcu_resume);

static const struct of_device_id hearth_mcu_of_match[] = {
	{ .compatible = "hearth,meter-mcu" },
	{ }
};
MODULE_DEVICE_TABLE(of, hearth_mcu_of_match);

static struct serdev_device_driver hearth_mcu_driver = {
	.driver = {
		.name = "hearth-mcu",
		.of_match_table = hearth_mcu_of_match,
		.dev_groups = hearth_mcu_groups,
		.pm = pm_sleep_ptr(&hearth_mcu_pm_ops),
	},
	.probe = hearth_mcu_probe,
	.remove = hearth_mcu_remove,
};
module_serdev_device_driver(hearth_mcu_driver);

MODULE_DESCRIPTION("Hearth meter MCU");
MODULE_AUTHOR("Hearth developers");
MODULE_LICENSE("GPL");
