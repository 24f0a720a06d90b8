// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long Get Device ID takes a program, through /dev/ipmi0: the median and the
 * worst of COUNT, in ns.
 *
 *	ipmi_clock COUNT
 */
#include <linux/ipmi.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define NETFN_APP		0x06
#define GET_DEVICE_ID		0x01
#define TIMEOUT_MS		10000

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "ipmi_clock: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void ask(int fd, long id)
{
	struct ipmi_system_interface_addr addr = {
		.addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE,
		.channel = IPMI_BMC_CHANNEL,
	};
	struct ipmi_req request = {
		.addr = (unsigned char *)&addr,
		.addr_len = sizeof(addr),
		.msgid = id,
		.msg = { .netfn = NETFN_APP, .cmd = GET_DEVICE_ID },
	};

	if (ioctl(fd, IPMICTL_SEND_COMMAND, &request))
		fail("sending");
}

static void hear(int fd, long id)
{
	unsigned char data[IPMI_MAX_MSG_LENGTH];
	struct ipmi_addr addr;
	struct ipmi_recv reply = {
		.addr = (unsigned char *)&addr,
		.addr_len = sizeof(addr),
		.msg = { .data = data, .data_len = sizeof(data) },
	};
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	if (poll(&ready, 1, TIMEOUT_MS) != 1)
		fail("waiting");
	if (ioctl(fd, IPMICTL_RECEIVE_MSG, &reply))
		fail("receiving");
	if (reply.msgid != id || reply.msg.cmd != GET_DEVICE_ID || data[0]) {
		fprintf(stderr, "ipmi_clock: a bad reply: completion code %02xh\n",
			data[0]);
		exit(1);
	}
}

static int compare(const void *left, const void *right)
{
	long long a = *(const long long *)left, b = *(const long long *)right;

	return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000;
	long long *took = calloc(count, sizeof(*took));
	int fd = open("/dev/ipmi0", O_RDWR);
	long i;

	if (!took || fd < 0)
		fail("/dev/ipmi0");
	for (i = 0; i < count; i++) {
		took[i] = -now_ns();
		ask(fd, i);
		hear(fd, i);
		took[i] += now_ns();
	}
	qsort(took, count, sizeof(*took), compare);
	printf("median_ns=%lld\nworst_ns=%lld\n", took[count / 2], took[count - 1]);
	return 0;
}
