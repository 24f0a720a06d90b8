// SPDX-License-Identifier: GPL-2.0-only
/* Register pairs of the machine: I/O ports. The only place that touches them. */
#include "registers.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/ioport.h>

/**
 * struct kcs_port - a register pair in I/O space
 * @io: what the protocol sees
 * @port: I/O port of each register
 */
struct kcs_port {
	struct kcs_io io;
	u16 port[2];
};

static u8 port_read(struct kcs_io *io, enum kcs_reg reg)
{
	return inb(container_of(io, struct kcs_port, io)->port[reg]);
}

static void port_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	outb(value, container_of(io, struct kcs_port, io)->port[reg]);
}

static const struct kcs_io_ops port_ops = {
	.read = port_read,
	.write = port_write,
};

/**
 * kcs_registers_claim() - claim the registers of an interface
 * @dev: the device that claims them; they are released with it
 * @location: where they are
 *
 * Each register is claimed by itself, because what lies between two of them
 * may be another device's.
 *
 * Context: may sleep.
 * Return: the registers; %ERR_PTR(-EBUSY) when one of them is claimed;
 * %ERR_PTR(-ENOMEM).
 */
struct kcs_io *kcs_registers_claim(struct device *dev,
				   const struct kcs_location *location)
{
	struct kcs_port *port = devm_kzalloc(dev, sizeof(*port), GFP_KERNEL);
	int reg;

	if (!port)
		return ERR_PTR(-ENOMEM);
	port->io.ops = &port_ops;
	for (reg = KCS_REG_DATA; reg <= KCS_REG_CMD; reg++) {
		port->port[reg] = location->port + reg * location->spacing_bytes;
		if (!devm_request_region(dev, port->port[reg], 1, "kcs_host")) {
			dev_err(dev,
				"I/O port 0x%x is claimed already, see /proc/ioports for by whom (ipmi_si?); interface left alone\n",
				port->port[reg]);
			return ERR_PTR(-EBUSY);
		}
	}
	return &port->io;
}
