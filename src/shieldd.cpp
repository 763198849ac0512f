// SPDX-License-Identifier: Apache-2.0
#include <shield/daemon/shieldd.hpp>

int main(int argc, char** argv)
{
    return shield::daemon::shieldd(argc, argv);
}
