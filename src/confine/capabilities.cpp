// SPDX-License-Identifier: Apache-2.0
#include "failure.hpp"

#include <shield/confine/walls.hpp>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace shield::confine {

void give_up_capabilities()
{
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> held{};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    // A service manager that gave none may have forbidden the call too.
    const bool had_none = syscall(SYS_capget, &header, held.data()) == 0 &&
                          std::all_of(held.begin(), held.end(), [](const __user_cap_data_struct& one) {
                              return one.effective == 0 && one.permitted == 0 && one.inheritable == 0;
                          });
    if (!had_none && syscall(SYS_capset, &header, none.data()) != 0) {
        fail("cannot give up capabilities");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        fail("cannot forbid new privileges");
    }
}

}  // namespace shield::confine
