/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels before 6.13 set a timer up in two steps. */
#ifndef RSSE_COMPAT_HRTIMER_H
#define RSSE_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>

#ifndef RSSE_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* RSSE_COMPAT_HRTIMER_H */
