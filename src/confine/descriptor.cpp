// SPDX-License-Identifier: Apache-2.0
#include <shield/confine/descriptor.hpp>

#include <unistd.h>

namespace shield::confine {

Descriptor::~Descriptor()
{
    if (value_ >= 0) {
        ::close(value_);
    }
}

}  // namespace shield::confine
