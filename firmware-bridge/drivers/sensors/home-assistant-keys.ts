/**
 * The short keys of Home Assistant's discovery messages and what they stand for (homeassistant/components/mqtt/
 * abbreviations.py), as far as sensors use them. A key that is not here stands for itself.
 */
const keys: Readonly<Record<string, string>> = {
	avty: "availability",
	avty_mode: "availability_mode",
	avty_t: "availability_topic",
	avty_tpl: "availability_template",
	cmps: "components",
	dev: "device",
	dev_cla: "device_class",
	e: "encoding",
	en: "enabled_by_default",
	ent_cat: "entity_category",
	exp_aft: "expire_after",
	o: "origin",
	obj_id: "object_id",
	off_dly: "off_delay",
	p: "platform",
	pl_avail: "payload_available",
	pl_not_avail: "payload_not_available",
	pl_off: "payload_off",
	pl_on: "payload_on",
	stat_cla: "state_class",
	stat_t: "state_topic",
	uniq_id: "unique_id",
	unit_of_meas: "unit_of_measurement",
	val_tpl: "value_template",
};

/** Within `device` and `availability` the same short keys stand for other things. */
const deviceKeys: Readonly<Record<string, string>> = {
	ids: "identifiers",
	mdl: "model",
	mf: "manufacturer",
	sn: "serial_number",
	sw: "sw_version",
};
const availabilityKeys: Readonly<Record<string, string>> = { ...keys, t: "topic" };

export type Fields = ReadonlyMap<string, unknown>;

/** A JSON object by its long keys; undefined where it is none. */
const fieldsOf = (value: unknown, names: Readonly<Record<string, string>>): Fields | undefined => {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
	return new Map(
		Object.entries(value).map(([key, field]) => [Object.hasOwn(names, key) ? (names[key] as string) : key, field]),
	);
};

export const entityFields = (value: unknown): Fields | undefined => fieldsOf(value, keys);
export const deviceFields = (value: unknown): Fields | undefined => fieldsOf(value, deviceKeys);
export const availabilityFields = (value: unknown): Fields | undefined => fieldsOf(value, availabilityKeys);
