/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_PCI_H
#define KCS_DISCOVERY_PCI_H

struct kcs_finding;
struct pci_dev;

int kcs_pci_judge(struct pci_dev *pdev, struct kcs_finding *finding);
int kcs_pci_register(void);
void kcs_pci_unregister(void);

#endif /* KCS_DISCOVERY_PCI_H */
