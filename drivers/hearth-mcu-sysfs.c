// SPDX-License-Identifier: GPL-2.0
/*
 * Identity and link statistics of the meter MCU; documented in
 * Documentation/ABI/testing/sysfs-bus-serial-devices-hearth-mcu.
 */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/sysfs.h>

#include "hearth-mcu-core.h"

static int hearth_mcu_get_id(struct device *dev,
			     struct hearth_mcu_identity_rep *id)
{
	struct hearth_mcu *mcu = dev_get_drvdata(dev);
	int ret = 0;

	mutex_lock(&mcu->id_lock);
	if (mcu->identified)
		*id = mcu->id;
	else
		ret = -ENODATA;
	mutex_unlock(&mcu->id_lock);
	return ret;
}

static ssize_t firmware_version_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);
	u32 version;

	if (ret)
		return ret;
	version = le32_to_cpu(id.firmware_version);
	return sysfs_emit(buf, "%u.%u.%u\n", version >> 16, version >> 8 & 0xff,
			  version & 0xff);
}
static DEVICE_ATTR_RO(firmware_version);

static ssize_t proto_version_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);

	return ret ? ret :
		     sysfs_emit(buf, "%u\n", le16_to_cpu(id.proto_version));
}
static DEVICE_ATTR_RO(proto_version);

static ssize_t features_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);

	return ret ? ret : sysfs_emit(buf, "0x%08x\n", le32_to_cpu(id.features));
}
static DEVICE_ATTR_RO(features);

static ssize_t boot_count_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);

	return ret ? ret : sysfs_emit(buf, "%u\n", le32_to_cpu(id.boot_count));
}
static DEVICE_ATTR_RO(boot_count);

static ssize_t reset_cause_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[HEARTH_MCU_RESET_UNKNOWN] = "unknown",
		[HEARTH_MCU_RESET_POWER_ON] = "power-on",
		[HEARTH_MCU_RESET_PIN] = "pin",
		[HEARTH_MCU_RESET_WATCHDOG] = "watchdog",
		[HEARTH_MCU_RESET_SOFTWARE] = "software",
	};
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);

	if (ret)
		return ret;
	if (id.reset_cause >= ARRAY_SIZE(names))
		id.reset_cause = HEARTH_MCU_RESET_UNKNOWN;
	return sysfs_emit(buf, "%s\n", names[id.reset_cause]);
}
static DEVICE_ATTR_RO(reset_cause);

static ssize_t serial_number_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);

	return ret ? ret : sysfs_emit(buf, "%8phN\n", id.serial);
}
static DEVICE_ATTR_RO(serial_number);

static ssize_t hardware_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct hearth_mcu_identity_rep id;
	int ret = hearth_mcu_get_id(dev, &id);
	int i;

	if (ret)
		return ret;
	/* The name comes over a wire: only what prints. */
	for (i = 0; i < HEARTH_MCU_NAME_LEN && id.hardware[i]; i++)
		if (!isascii(id.hardware[i]) || !isprint(id.hardware[i]))
			id.hardware[i] = '?';
	return sysfs_emit(buf, "%.*s\n", HEARTH_MCU_NAME_LEN, id.hardware);
}
static DEVICE_ATTR_RO(hardware);

static ssize_t link_state_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct hearth_mcu *mcu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", READ_ONCE(mcu->up) ? "up" : "down");
}
static DEVICE_ATTR_RO(link_state);

static struct attribute *hearth_mcu_attrs[] = {
	&dev_attr_firmware_version.attr,
	&dev_attr_proto_version.attr,
	&dev_attr_features.attr,
	&dev_attr_boot_count.attr,
	&dev_attr_reset_cause.attr,
	&dev_attr_serial_number.attr,
	&dev_attr_hardware.attr,
	&dev_attr_link_state.attr,
	NULL
};

static const struct attribute_group hearth_mcu_group = {
	.attrs = hearth_mcu_attrs,
};

#define HEARTH_LINK_ATTR(_name, _counter)				\
static ssize_t _name##_show(struct device *dev,				\
			    struct device_attribute *attr, char *buf)	\
{									\
	struct hearth_mcu *mcu = dev_get_drvdata(dev);			\
									\
	return sysfs_emit(buf, "%u\n",					\
			  hearth_link_count(&mcu->link, _counter));	\
}									\
static DEVICE_ATTR_RO(_name)

HEARTH_LINK_ATTR(rx_frames, HEARTH_LINK_RX_FRAMES);
HEARTH_LINK_ATTR(rx_bad_crc, HEARTH_LINK_RX_BAD_CRC);
HEARTH_LINK_ATTR(rx_malformed, HEARTH_LINK_RX_MALFORMED);
HEARTH_LINK_ATTR(rx_oversize, HEARTH_LINK_RX_OVERSIZE);
HEARTH_LINK_ATTR(rx_unexpected, HEARTH_LINK_RX_UNEXPECTED);
HEARTH_LINK_ATTR(tx_frames, HEARTH_LINK_TX_FRAMES);
HEARTH_LINK_ATTR(tx_errors, HEARTH_LINK_TX_ERRORS);
HEARTH_LINK_ATTR(request_retries, HEARTH_LINK_REQUEST_RETRIES);
HEARTH_LINK_ATTR(request_timeouts, HEARTH_LINK_REQUEST_TIMEOUTS);

static ssize_t events_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct hearth_mcu *mcu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", (unsigned int)atomic_read(&mcu->events));
}
static DEVICE_ATTR_RO(events);

static ssize_t live_missed_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct hearth_mcu *mcu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n",
			  (unsigned int)atomic_read(&mcu->live_missed));
}
static DEVICE_ATTR_RO(live_missed);

static struct attribute *hearth_mcu_link_attrs[] = {
	&dev_attr_rx_frames.attr,
	&dev_attr_rx_bad_crc.attr,
	&dev_attr_rx_malformed.attr,
	&dev_attr_rx_oversize.attr,
	&dev_attr_rx_unexpected.attr,
	&dev_attr_tx_frames.attr,
	&dev_attr_tx_errors.attr,
	&dev_attr_request_retries.attr,
	&dev_attr_request_timeouts.attr,
	&dev_attr_events.attr,
	&dev_attr_live_missed.attr,
	NULL
};

static const struct attribute_group hearth_mcu_link_group = {
	.name = "link",
	.attrs = hearth_mcu_link_attrs,
};

const struct attribute_group *hearth_mcu_groups[] = {
	&hearth_mcu_group,
	&hearth_mcu_link_group,
	NULL
};
