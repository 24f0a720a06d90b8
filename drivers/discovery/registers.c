// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register pairs of the machine: I/O ports and memory. The only place that touches
 * them; above location.c. The holder of the interface's lock is the only caller.
 */
#include "registers.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/ioport.h>

static struct kcs_registers *to_registers(struct kcs_io *io)
{
	return container_of(io, struct kcs_registers, io);
}

/* -- Ports one byte wide: nearly all interfaces, so without a detour. ------- */

static u8 port_read(struct kcs_io *io, enum kcs_reg reg)
{
	return inb(to_registers(io)->port[reg]);
}

static void port_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	outb(value, to_registers(io)->port[reg]);
}

static const struct kcs_io_ops port_ops = {
	.read = port_read,
	.write = port_write,
};

/* -- All others. ---------------------------------------------------------- */

static u8 mapped_read(struct kcs_io *io, enum kcs_reg reg)
{
	const struct kcs_registers *registers = to_registers(io);
	void __iomem *at = registers->at[reg];

	switch (registers->size_bytes) {
	case 8:
		return readq(at) >> registers->shift_bits;
	case 4:
		return ioread32(at) >> registers->shift_bits;
	case 2:
		return ioread16(at) >> registers->shift_bits;
	default:
		return ioread8(at);
	}
}

static void mapped_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	const struct kcs_registers *registers = to_registers(io);
	u64 word = (u64)value << registers->shift_bits;
	void __iomem *at = registers->at[reg];

	switch (registers->size_bytes) {
	case 8:
		writeq(word, at);
		break;
	case 4:
		iowrite32(word, at);
		break;
	case 2:
		iowrite16(word, at);
		break;
	default:
		iowrite8(word, at);
	}
}

static const struct kcs_io_ops mapped_ops = {
	.read = mapped_read,
	.write = mapped_write,
};

/**
 * kcs_registers_map() - make a register pair of two mapped registers
 * @registers: the pair
 * @data: Data_In/Data_Out
 * @status: Command/Status
 * @location: their width, and where in it the byte is
 */
void kcs_registers_map(struct kcs_registers *registers, void __iomem *data,
		       void __iomem *status, const struct kcs_location *location)
{
	registers->io.ops = &mapped_ops;
	registers->at[KCS_REG_DATA] = data;
	registers->at[KCS_REG_CMD] = status;
	registers->size_bytes = location->size_bytes;
	registers->shift_bits = location->shift_bits;
}

/* -- Claiming. ------------------------------------------------------------ */

static u64 address_of(const struct kcs_location *location, enum kcs_reg reg)
{
	return location->base + reg * location->spacing_bytes;
}

/* Each by itself: what lies between the two may be another device's. */
static int claim_addresses(struct device *dev, const struct kcs_location *location)
{
	bool is_memory = location->is_memory;
	int reg;

	for (reg = KCS_REG_DATA; reg <= KCS_REG_CMD; reg++) {
		u64 start = address_of(location, reg);

		if (is_memory ?
		    devm_request_mem_region(dev, start, location->size_bytes, "kcs_host") :
		    devm_request_region(dev, start, location->size_bytes, "kcs_host"))
			continue;
		dev_err(dev, "%s 0x%llx is claimed already, see /proc/%s for by whom (ipmi_si?); interface left alone\n",
			is_memory ? "memory" : "I/O port", start,
			is_memory ? "iomem" : "ioports");
		return -EBUSY;
	}
	return 0;
}

static void __iomem *map_register(struct device *dev,
				  const struct kcs_location *location,
				  enum kcs_reg reg)
{
	u64 start = address_of(location, reg);

	return location->is_memory ?
	       devm_ioremap(dev, start, location->size_bytes) :
	       devm_ioport_map(dev, start, location->size_bytes);
}

static int map_registers(struct device *dev, const struct kcs_location *location,
			 struct kcs_registers *registers)
{
	void __iomem *data = map_register(dev, location, KCS_REG_DATA);
	void __iomem *status = map_register(dev, location, KCS_REG_CMD);

	if (!data || !status) {
		dev_err(dev, "registers at 0x%llx cannot be mapped; interface left alone\n",
			location->base);
		return -ENOMEM;
	}
	kcs_registers_map(registers, data, status, location);
	return 0;
}

static void use_ports(struct kcs_registers *registers,
		      const struct kcs_location *location)
{
	int reg;

	registers->io.ops = &port_ops;
	for (reg = KCS_REG_DATA; reg <= KCS_REG_CMD; reg++)
		registers->port[reg] = address_of(location, reg);
}

/**
 * kcs_registers_claim() - claim the registers of an interface
 * @dev: the device that claims them; they are released with it
 * @location: where they are; kcs_location_check() has passed it
 *
 * Beside a claim of the kernel's "system" driver for the board (PNP0C01, PNP0C02) that
 * is possible: it only marks what is not for others to place their devices.
 *
 * Context: may sleep.
 * Return: the registers; %ERR_PTR(-EBUSY) when one of them is claimed;
 * %ERR_PTR(-ENOMEM).
 */
struct kcs_io *kcs_registers_claim(struct device *dev,
				   const struct kcs_location *location)
{
	struct kcs_registers *registers =
		devm_kzalloc(dev, sizeof(*registers), GFP_KERNEL);
	int err;

	if (!registers)
		return ERR_PTR(-ENOMEM);
	err = claim_addresses(dev, location);
	if (err)
		return ERR_PTR(err);
	if (!location->is_memory && location->size_bytes == 1)
		use_ports(registers, location);
	else
		err = map_registers(dev, location, registers);
	return err ? ERR_PTR(err) : &registers->io;
}
