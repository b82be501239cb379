INSERT INTO writers (id, transactions) VALUES ('9c858901-8a57-4791-81fe-4c455b099bc9', 17), ('16fd2706-8baf-433b-82eb-8c7fada847da', 1);
