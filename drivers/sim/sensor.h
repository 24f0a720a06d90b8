/* SPDX-License-Identifier: GPL-2.0-only */
/* The sensors of the simulated BMC: what readings and data records share. */
#ifndef KCS_SIM_SENSOR_H
#define KCS_SIM_SENSOR_H

#include "bmc.h"

/* Event/reading types (table 42-1) */
#define SIM_TYPE_THRESHOLD	0x01
#define SIM_TYPE_DISCRETE	0x6f

/* Sensor types (table 42-3) */
#define SIM_SENSOR_WATCHDOG	0x23

/* The numbers of sensors that others know of. */
#define SIM_NUMBER_CPU_TEMP	1
#define SIM_NUMBER_INLET_TEMP	2
#define SIM_NUMBER_POWER	5
#define SIM_NUMBER_WATCHDOG	6

/**
 * struct sim_sensor_model - what distinguishes a sensor from another
 * @name: id string, at most 16 bytes
 * @type: sensor type
 * @reading_type: %SIM_TYPE_THRESHOLD or %SIM_TYPE_DISCRETE
 * @entity: entity ID
 * @unit: base unit
 * @multiplier: M of the linear formula
 * @exponents: exponents of its result and of B
 * @reading: raw reading, in the middle
 * @swing: the reading moves up and down by so much
 * @readable: which thresholds it has, a bit for each
 * @thresholds: those, in the order of Get Sensor Thresholds (35.9)
 */
struct sim_sensor_model {
	const char *name;
	u8 type;
	u8 reading_type;
	u8 entity;
	u8 unit;
	u8 multiplier;
	u8 exponents;
	u8 reading;
	u8 swing;
	u8 readable;
	u8 thresholds[SIM_THRESHOLDS];
};

/* Sensor number N is the one at N - 1. */
extern const struct sim_sensor_model sim_sensor_models[SIM_SENSORS];

u8 sim_sensor_reading(const struct sim_bmc *bmc, u8 number);
u16 sim_sensor_events(u8 thresholds);

#endif /* KCS_SIM_SENSOR_H */
