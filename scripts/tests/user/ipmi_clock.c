// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a request without data takes a program, through /dev/ipmi0: the median
 * and the worst of COUNT, in ns; and the completion code of the last.
 *
 *	ipmi_clock NETFN COMMAND COUNT [PERIOD_US [SATELLITE]]
 *
 * NetFn, command and the address on IPMB of a controller behind the BMC in hex.
 * With a period each request starts at a multiple of it, however long the one
 * before took: the same number of requests a second over any driver. 0 is none.
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

static void ask(int fd, long id, unsigned char netfn, unsigned char cmd,
		unsigned char satellite)
{
	struct ipmi_system_interface_addr bmc = {
		.addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE,
		.channel = IPMI_BMC_CHANNEL,
	};
	struct ipmi_ipmb_addr ipmb = {
		.addr_type = IPMI_IPMB_ADDR_TYPE,
		.slave_addr = satellite,
	};
	struct ipmi_req request = {
		.addr = satellite ? (unsigned char *)&ipmb : (unsigned char *)&bmc,
		.addr_len = satellite ? sizeof(ipmb) : sizeof(bmc),
		.msgid = id,
		.msg = { .netfn = netfn, .cmd = cmd },
	};

	if (ioctl(fd, IPMICTL_SEND_COMMAND, &request))
		fail("sending");
}

static unsigned char hear(int fd, long id)
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
	if (reply.msgid != id || !reply.msg.data_len) {
		fprintf(stderr, "ipmi_clock: a reply to something else\n");
		exit(1);
	}
	return data[0];
}

static void sleep_until(long long at_ns)
{
	struct timespec at = {
		.tv_sec = at_ns / 1000000000LL,
		.tv_nsec = at_ns % 1000000000LL,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static int compare(const void *left, const void *right)
{
	long long a = *(const long long *)left, b = *(const long long *)right;

	return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
	unsigned char netfn, cmd, satellite, cc = 0xff;
	long long *took, period_ns, start_ns;
	long count, i;
	int fd;

	if (argc < 4 || argc > 6) {
		fprintf(stderr,
			"usage: ipmi_clock NETFN COMMAND COUNT [PERIOD_US [SATELLITE]]\n");
		return 2;
	}
	netfn = strtoul(argv[1], NULL, 16);
	cmd = strtoul(argv[2], NULL, 16);
	count = atol(argv[3]);
	period_ns = argc > 4 ? atoll(argv[4]) * 1000 : 0;
	satellite = argc > 5 ? strtoul(argv[5], NULL, 16) : 0;
	took = calloc(count, sizeof(*took));
	fd = open("/dev/ipmi0", O_RDWR);
	if (!took || fd < 0)
		fail("/dev/ipmi0");
	start_ns = now_ns();
	for (i = 0; i < count; i++) {
		if (period_ns)
			sleep_until(start_ns + i * period_ns);
		took[i] = -now_ns();
		ask(fd, i, netfn, cmd, satellite);
		cc = hear(fd, i);
		took[i] += now_ns();
	}
	qsort(took, count, sizeof(*took), compare);
	printf("median_ns=%lld\nworst_ns=%lld\ncc=%02x\n", took[count / 2],
	       took[count - 1], cc);
	return 0;
}
