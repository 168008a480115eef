// SPDX-License-Identifier: GPL-2.0-only
/* Prints the tool's usage, from its command table. */
#include "rssctl.h"

int main(void)
{
	char *argv[] = { "rssctl", "help", NULL };

	return (int)rssctl_main(2, argv);
}
