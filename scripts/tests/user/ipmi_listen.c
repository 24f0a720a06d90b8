// SPDX-License-Identifier: GPL-2.0-only
/* Asks for events through /dev/ipmi0 and prints each as it comes, in hex. */
#include <linux/ipmi.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(void)
{
	unsigned char data[IPMI_MAX_MSG_LENGTH];
	int fd = open("/dev/ipmi0", O_RDWR), wanted = 1, i;
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct ipmi_addr addr;

	if (fd < 0 || ioctl(fd, IPMICTL_SET_GETS_EVENTS_CMD, &wanted)) {
		perror("ipmi_listen: /dev/ipmi0");
		return 1;
	}
	while (poll(&ready, 1, -1) == 1) {
		struct ipmi_recv event = {
			.addr = (unsigned char *)&addr,
			.addr_len = sizeof(addr),
			.msg = { .data = data, .data_len = sizeof(data) },
		};

		if (ioctl(fd, IPMICTL_RECEIVE_MSG, &event)) {
			perror("ipmi_listen: receiving");
			return 1;
		}
		printf("event");
		for (i = 0; i < event.msg.data_len; i++)
			printf(" %02x", data[i]);
		printf("\n");
		fflush(stdout);
	}
	return 0;
}
