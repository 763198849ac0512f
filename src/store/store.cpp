// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include <shield/store/allowances.hpp>
#include <shield/store/assessments.hpp>
#include <shield/store/authentications.hpp>
#include <shield/store/campaigns.hpp>
#include <shield/store/cases.hpp>
#include <shield/store/intake.hpp>
#include <shield/store/outbox.hpp>
#include <shield/store/store.hpp>

namespace shield::store {

std::unique_ptr<Store> Store::open(Options options)
{
    const std::filesystem::path directory = options.directory;
    auto database = Database::open(std::move(options));  // takes the lock: from here on the directory is ours
    remove_left_backups(directory);
    return std::unique_ptr<Store>{new Store{std::move(database)}};
}

Store::Store(std::unique_ptr<Database> database)
    : database_{std::move(database)},
      intake_{new Intake{*database_}},
      assessments_{new Assessments{*database_}},
      authentications_{new Authentications{*database_}},
      outbox_{new Outbox{*database_}},
      cases_{new Cases{*database_}},
      campaigns_{new Campaigns{*database_}},
      allowances_{new Allowances{*database_}}
{
}

Store::~Store()
{
    stop();
}

void Store::stop()
{
    database_->writer().stop();
}

void Store::end_long_reads()
{
    database_->readers().end_long();
}

Intake& Store::intake() noexcept
{
    return *intake_;
}
Assessments& Store::assessments() noexcept
{
    return *assessments_;
}
Authentications& Store::authentications() noexcept
{
    return *authentications_;
}
Outbox& Store::outbox() noexcept
{
    return *outbox_;
}
Cases& Store::cases() noexcept
{
    return *cases_;
}
Campaigns& Store::campaigns() noexcept
{
    return *campaigns_;
}

Allowances& Store::allowances() noexcept
{
    return *allowances_;
}

Health Store::health() const noexcept
{
    return database_->writer().health();
}

}  // namespace shield::store
