// SPDX-License-Identifier: GPL-2.0
/*
 * The meter MCU's metrology as an IIO device: attributes give the values of
 * the last LIVE message while it is current, the buffer gets one scan for each.
 * Documented in Documentation/ABI/testing/sysfs-bus-iio-hearth-metrology.
 */
#include <linux/iio/buffer.h>
#include <linux/iio/iio.h>
#include <linux/iio/kfifo_buf.h>
#include <linux/ktime.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "hearth-mcu.h"
#include "hearth-metrology-convert.h"

/**
 * struct hearth_metrology - state of the IIO device
 * @lock: protects all that follows
 * @sample: values of the last LIVE message
 * @arrived: when it came, in boot time
 * @any: there was one
 * @mask: channels the buffer wants; 0: it does not run
 * @push: the scan being pushed
 */
struct hearth_metrology {
	spinlock_t lock; /* the receive path's writes, readers' reads */
	struct hearth_metrology_sample sample;
	ktime_t arrived;
	bool any;
	unsigned long mask;
	u8 push[HEARTH_SCAN_LEN] __aligned(8);
};

/* --- from the MCU */

static void hearth_metrology_live(void *context,
				  const struct hearth_mcu_live *live)
{
	struct iio_dev *indio_dev = context;
	struct hearth_metrology *met = iio_priv(indio_dev);
	struct hearth_metrology_sample sample;

	hearth_metrology_convert(live, &sample);
	spin_lock(&met->lock);
	met->sample = sample;
	met->arrived = ktime_get_boottime();
	met->any = true;
	if (met->mask) {
		memset(met->push, 0, sizeof(met->push));
		hearth_metrology_pack(&sample.scan, met->mask, met->push);
		iio_push_to_buffers_with_timestamp(indio_dev, met->push,
						   iio_get_time_ns(indio_dev));
	}
	spin_unlock(&met->lock);
}

static int hearth_metrology_postenable(struct iio_dev *indio_dev)
{
	struct hearth_metrology *met = iio_priv(indio_dev);

	spin_lock(&met->lock);
	/* A buffer may want nothing but the time. */
	met->mask = *indio_dev->active_scan_mask | BIT(HEARTH_SCAN_TIMESTAMP);
	spin_unlock(&met->lock);
	return 0;
}

static int hearth_metrology_predisable(struct iio_dev *indio_dev)
{
	struct hearth_metrology *met = iio_priv(indio_dev);

	spin_lock(&met->lock);
	met->mask = 0;
	spin_unlock(&met->lock);
	return 0;
}

static const struct iio_buffer_setup_ops hearth_metrology_buffer_ops = {
	.postenable = hearth_metrology_postenable,
	.predisable = hearth_metrology_predisable,
};

/* --- to the reader */

/* The last values, or -ENODATA if they are not current. */
static int hearth_metrology_current(struct hearth_metrology *met,
				    struct hearth_metrology_sample *sample)
{
	int ret = -ENODATA;

	spin_lock(&met->lock);
	if (met->any && ktime_ms_delta(ktime_get_boottime(), met->arrived) <
			HEARTH_MCU_STALE_MS) {
		*sample = met->sample;
		ret = 0;
	}
	spin_unlock(&met->lock);
	return ret;
}

static int hearth_metrology_raw(const struct hearth_metrology_scan *scan,
				int index, int *val, int *val2)
{
	s64 energy;

	if (index < HEARTH_SCAN_VALUES_32) {
		*val = scan->value[index];
		return *val == HEARTH_NO_VALUE_32 ? -ENODATA : IIO_VAL_INT;
	}
	energy = scan->energy[index - HEARTH_SCAN_ACTIVE_IMPORT];
	if (energy == HEARTH_NO_VALUE_64)
		return -ENODATA;
	*val = lower_32_bits(energy);
	*val2 = upper_32_bits(energy);
	return IIO_VAL_INT_64;
}

static int hearth_metrology_scale(const struct iio_chan_spec *chan, int *val,
				  int *val2)
{
	switch (chan->type) {
	case IIO_CURRENT:	/* uA to mA */
		*val = 0;
		*val2 = 1000;
		return IIO_VAL_INT_PLUS_MICRO;
	case IIO_ENERGY:	/* mWh to J */
		*val = 3;
		*val2 = 600000;
		return IIO_VAL_INT_PLUS_MICRO;
	default:		/* mV, mW */
		*val = 1;
		return IIO_VAL_INT;
	}
}

static int hearth_metrology_read_raw(struct iio_dev *indio_dev,
				     const struct iio_chan_spec *chan,
				     int *val, int *val2, long mask)
{
	struct hearth_metrology_sample sample;
	int ret;

	if (mask == IIO_CHAN_INFO_SCALE)
		return hearth_metrology_scale(chan, val, val2);

	ret = hearth_metrology_current(iio_priv(indio_dev), &sample);
	if (ret)
		return ret;
	switch (mask) {
	case IIO_CHAN_INFO_RAW:
		return hearth_metrology_raw(&sample.scan, chan->scan_index,
					    val, val2);
	case IIO_CHAN_INFO_FREQUENCY:
		if (sample.frequency_mhz == HEARTH_NO_VALUE_32)
			return -ENODATA;
		*val = sample.frequency_mhz / 1000;
		*val2 = sample.frequency_mhz % 1000 * 1000;
		return IIO_VAL_INT_PLUS_MICRO;
	default:
		return -EINVAL;
	}
}

static int hearth_metrology_read_label(struct iio_dev *indio_dev,
				       const struct iio_chan_spec *chan,
				       char *label)
{
	static const char *const labels[] = {
		[HEARTH_SCAN_VOLTAGE] = "mains",
		[HEARTH_SCAN_CURRENT_LIVE] = "live",
		[HEARTH_SCAN_CURRENT_NEUTRAL] = "neutral",
		[HEARTH_SCAN_ACTIVE_POWER] = "active",
		[HEARTH_SCAN_REACTIVE_POWER] = "reactive",
		[HEARTH_SCAN_ACTIVE_IMPORT] = "active_import",
		[HEARTH_SCAN_ACTIVE_EXPORT] = "active_export",
		[HEARTH_SCAN_REACTIVE_IMPORT] = "reactive_import",
		[HEARTH_SCAN_REACTIVE_EXPORT] = "reactive_export",
	};

	return sysfs_emit(label, "%s\n", labels[chan->scan_index]);
}

static const struct iio_info hearth_metrology_info = {
	.read_raw = hearth_metrology_read_raw,
	.read_label = hearth_metrology_read_label,
};

#define HEARTH_SCAN_S32 { .sign = 's', .realbits = 32, .storagebits = 32 }
#define HEARTH_SCAN_S64 { .sign = 's', .realbits = 64, .storagebits = 64 }

#define HEARTH_CHANNEL(_type, _channel, _index, _scan_type, _info)	\
{									\
	.type = (_type),						\
	.indexed = 1,							\
	.channel = (_channel),						\
	.info_mask_separate = BIT(IIO_CHAN_INFO_RAW) |			\
			      BIT(IIO_CHAN_INFO_SCALE) | (_info),	\
	.scan_index = (_index),						\
	.scan_type = _scan_type,					\
}

static const struct iio_chan_spec hearth_metrology_channels[] = {
	HEARTH_CHANNEL(IIO_ALTVOLTAGE, 0, HEARTH_SCAN_VOLTAGE,
		       HEARTH_SCAN_S32, BIT(IIO_CHAN_INFO_FREQUENCY)),
	HEARTH_CHANNEL(IIO_CURRENT, 0, HEARTH_SCAN_CURRENT_LIVE,
		       HEARTH_SCAN_S32, 0),
	HEARTH_CHANNEL(IIO_CURRENT, 1, HEARTH_SCAN_CURRENT_NEUTRAL,
		       HEARTH_SCAN_S32, 0),
	HEARTH_CHANNEL(IIO_POWER, 0, HEARTH_SCAN_ACTIVE_POWER,
		       HEARTH_SCAN_S32, 0),
	HEARTH_CHANNEL(IIO_POWER, 1, HEARTH_SCAN_REACTIVE_POWER,
		       HEARTH_SCAN_S32, 0),
	HEARTH_CHANNEL(IIO_ENERGY, 0, HEARTH_SCAN_ACTIVE_IMPORT,
		       HEARTH_SCAN_S64, 0),
	HEARTH_CHANNEL(IIO_ENERGY, 1, HEARTH_SCAN_ACTIVE_EXPORT,
		       HEARTH_SCAN_S64, 0),
	HEARTH_CHANNEL(IIO_ENERGY, 2, HEARTH_SCAN_REACTIVE_IMPORT,
		       HEARTH_SCAN_S64, 0),
	HEARTH_CHANNEL(IIO_ENERGY, 3, HEARTH_SCAN_REACTIVE_EXPORT,
		       HEARTH_SCAN_S64, 0),
	IIO_CHAN_SOFT_TIMESTAMP(HEARTH_SCAN_TIMESTAMP),
};

/* --- coming and going */

static int hearth_metrology_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct hearth_metrology *met;
	struct iio_dev *indio_dev;
	int ret;

	indio_dev = devm_iio_device_alloc(dev, sizeof(*met));
	if (!indio_dev)
		return -ENOMEM;
	met = iio_priv(indio_dev);
	spin_lock_init(&met->lock);

	indio_dev->name = "hearth-metrology";
	indio_dev->info = &hearth_metrology_info;
	indio_dev->channels = hearth_metrology_channels;
	indio_dev->num_channels = ARRAY_SIZE(hearth_metrology_channels);
	indio_dev->modes = INDIO_DIRECT_MODE;

	ret = devm_iio_kfifo_buffer_setup(dev, indio_dev,
					  &hearth_metrology_buffer_ops);
	if (ret)
		return dev_err_probe(dev, ret, "cannot set up the buffer\n");
	ret = devm_iio_device_register(dev, indio_dev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot register\n");

	platform_set_drvdata(pdev, indio_dev);
	hearth_mcu_set_live(dev->parent, hearth_metrology_live, indio_dev);
	return 0;
}

static void hearth_metrology_remove(struct platform_device *pdev)
{
	hearth_mcu_set_live(pdev->dev.parent, NULL, NULL);
}

static const struct platform_device_id hearth_metrology_id[] = {
	{ "hearth-metrology" },
	{ }
};
MODULE_DEVICE_TABLE(platform, hearth_metrology_id);

static struct platform_driver hearth_metrology_driver = {
	.driver = {
		.name = "hearth-metrology",
	},
	.id_table = hearth_metrology_id,
	.probe = hearth_metrology_probe,
	.remove = hearth_metrology_remove,
};
module_platform_driver(hearth_metrology_driver);

MODULE_DESCRIPTION("Hearth meter MCU: metrology");
MODULE_AUTHOR("Hearth developers");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(HEARTH_MCU);
