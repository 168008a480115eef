// SPDX-License-Identifier: GPL-2.0-only
/* Kept apart, so that tests can call rssctl_main() from a main() of their own. */
#include "rssctl.h"

int main(int argc, char **argv)
{
	return (int)rssctl_main(argc, argv);
}
