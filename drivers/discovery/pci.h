/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_PCI_H
#define KCS_DISCOVERY_PCI_H

int kcs_pci_register(void);
void kcs_pci_unregister(void);

#endif /* KCS_DISCOVERY_PCI_H */
