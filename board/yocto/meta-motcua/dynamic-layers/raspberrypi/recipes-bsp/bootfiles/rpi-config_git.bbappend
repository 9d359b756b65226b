# What does the firmware set up for the wiring in board/raspberry-pi-*.toml, and which root goes with which slot?
#
# The pins are the overlay's (board/overlays). The serial line is the technician's console: a Pi 4 has none without
# ENABLE_UART. Both boot partitions hold the same files: the partition that was started says which command line is meant. The last
# filter is [all], or what other parts append would count for one slot only.
ENABLE_I2C = "1"
ENABLE_UART = "1"
DISABLE_SPLASH = "1"
BOOT_DELAY = "0"
RPI_EXTRA_CONFIG = "\n\
dtparam=watchdog=on\n\
${@'dtoverlay=' + d.getVar('MOTCUA_OVERLAY') if d.getVar('MOTCUA_OVERLAY') else '# no overlay'}\n\
camera_auto_detect=1\n\
[boot_partition=2]\n\
cmdline=cmdline-a.txt\n\
[boot_partition=3]\n\
cmdline=cmdline-b.txt\n\
[all]\n\
"
