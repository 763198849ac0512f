// SPDX-License-Identifier: Apache-2.0
#include <shield/delivery/transport.hpp>
#include <shield/net/smtp_client.hpp>

namespace shield::delivery {
namespace {

class Smarthost final : public Transport {
public:
    explicit Smarthost(net::SmtpClient& client) : client_{client} {}

    void send(const std::string&, smtp::OutgoingMail mail, Committing committing, Done done) override
    {
        client_.send(std::move(mail), std::move(committing), std::move(done));
    }

private:
    net::SmtpClient& client_;
};

}  // namespace

std::unique_ptr<Transport> make_smarthost(net::SmtpClient& client)
{
    return std::make_unique<Smarthost>(client);
}

}  // namespace shield::delivery
