# What must the kernel have that Raspberry Pi's own configuration has not, or only as a module?
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI += "file://motcua.cfg"
