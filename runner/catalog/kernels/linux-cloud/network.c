/* network.c - the address of the guest in QEMU's user network, which has room for one
 * guest and gives it 10.0.2.15, behind the router 10.0.2.2. */
#include <arpa/inet.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices.h"

static const char card[] = "eth0";

static struct sockaddr address(const char *text) {
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(text)};
	struct sockaddr any;
	memcpy(&any, &in, sizeof any);
	return any;
}

static int up(int s, const char *name) {
	struct ifreq request = {.ifr_flags = IFF_UP};
	strcpy(request.ifr_name, name);
	return ioctl(s, SIOCSIFFLAGS, &request);
}

static int configure(int s) {
	struct ifreq request = {0};
	strcpy(request.ifr_name, card);
	request.ifr_addr = address("10.0.2.15");
	if (ioctl(s, SIOCSIFADDR, &request) != 0)
		return -1;
	request.ifr_netmask = address("255.255.255.0");
	if (ioctl(s, SIOCSIFNETMASK, &request) != 0 || up(s, card) != 0 || up(s, "lo") != 0)
		return -1;
	struct rtentry route = {
		.rt_dst = address("0.0.0.0"), .rt_genmask = address("0.0.0.0"), .rt_gateway = address("10.0.2.2"),
		.rt_flags = RTF_UP | RTF_GATEWAY,
	};
	return ioctl(s, SIOCADDRT, &route);
}

void configure_network(void) {
	if (if_nametoindex(card) == 0)
		return;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0 || configure(s) != 0)
		fprintf(stderr, "init: %s has no address: %m\n", card);
	if (s >= 0)
		close(s);
}
