// SPDX-License-Identifier: Apache-2.0
#include <shield/cli/cli.hpp>

int main(int argc, char** argv)
{
    return shield::cli::run(argc, argv);
}
