/* devices.h - what process 1 does for the devices that a target was given. */
#pragma once

/* load_modules loads the drivers in /modules, in the order of their names. */
void load_modules(void);

/* configure_network gives the network card, if there is one, the address that
 * QEMU's user network expects its guest at. */
void configure_network(void);

/* mount_share mounts the folder that the host shares, "ro" or "rw"; "" is none.
 * unmount_share sees to it that nothing is lost that was written there. */
void mount_share(const char *mode);
void unmount_share(const char *mode);
